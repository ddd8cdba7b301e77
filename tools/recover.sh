# shellcheck shell=bash
# Puts right what a killed run or a hard stop of the machine leaves behind, before the next `pulumi up`. Sourced after env.sh; all but end_orphans
# with the run lock held, which the orphans may have. Each step looks first and costs nothing when there is nothing to do. (The containers of the local cloud come back with the
# Docker engine by themselves; what is stopped although the engine ran is drift, and Pulumi's to judge.)
: "${checkout:?}" "${LOCAL_CLOUD_ACCOUNT:?}"

# The state file of stack `local`, when the state is on this machine.
state_file() {
  [[ $PULUMI_BACKEND_URL == file://* ]] || return 0
  printf '%s\n' "${PULUMI_BACKEND_URL#file://}/.pulumi/stacks/gifticon-event/local.json"
}

# What a killed CLI had started waits for ever: only the CLI would end the language host, and only
# that the program. They are known by their account, and by having lost the parent that started
# them.
end_orphans() {
  local process parent starter
  for process in /proc/[0-9]*; do
    if [[ "$(cat "$process/comm" 2>/dev/null)" == pulumi-language ]]; then
      starter=pulumi
    elif grep -qs '@pulumi/pulumi/cmd/run/' "$process/cmdline"; then
      starter=pulumi-language
    else
      continue
    fi
    grep -qsz "^LOCAL_CLOUD_ACCOUNT=$LOCAL_CLOUD_ACCOUNT\$" "$process/environ" || continue
    parent="$(sed -n 's/^PPid:[[:space:]]*//p' "$process/status" 2>/dev/null)"
    [[ "$(cat "/proc/${parent:-none}/comm" 2>/dev/null)" != "$starter" ]] || continue
    say "A run was killed: ending what it had started (process ${process#/proc/})"
    end_with_children "${process#/proc/}"
  done
}

# end_with_children PROCESS: at once; what is left of a killed run has nothing to put in order.
end_with_children() {
  local children child
  read -ra children -d '' < <(cat "/proc/$1/task/"*/children 2>/dev/null) || true
  for child in "${children[@]}"; do end_with_children "$child"; done
  kill -KILL "$1" 2>/dev/null || true
}

# A lock whose process is gone, or is no Pulumi any more, would keep every later update out.
free_stale_lock() {
  local folder lock pid
  [[ $PULUMI_BACKEND_URL == file://* ]] || return 0
  folder="${PULUMI_BACKEND_URL#file://}/.pulumi/locks/organization/gifticon-event/local"
  for lock in "$folder"/*.json; do
    [[ -e $lock ]] || return 0
    pid="$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$lock")"
    [[ "$(cat "/proc/${pid:-none}/comm" 2>/dev/null)" != pulumi ]] || continue
    say "A run was killed in the middle of an update: freeing its lock on the state"
    pulumi cancel --yes --stack local >/dev/null 2>&1
    return
  done
}

# An update that was killed notes which operations were under way, and doesn't know how they ended:
# look at what is there, forget creations that were not recorded, and delete what they may have
# made.
settle_pending_operations() {
  local state
  state="$(state_file)"
  [[ -e $state ]] && grep -q '"pending_operations"' "$state" || return 0
  say "A run was killed in the middle of an update: comparing the state with what is there"
  pulumi refresh --yes --skip-preview --clear-pending-creates --stack local --non-interactive >/dev/null ||
    fail "the state can't be brought in line with what is there" "See: ./run pulumi refresh --stack local"
  pulumi stack export --stack local | local-cloud sweep --stack local
}

# Prints the account's running containers, one id a line.
running_containers() { docker ps -q --no-trunc --filter "label=local-cloud.account=$LOCAL_CLOUD_ACCOUNT" | sort; }

# The list of what ran when the last ./run up ended well.
running_file() { printf '%s\n' "$checkout/.local/running-$LOCAL_CLOUD_ACCOUNT"; }

note_running_containers() { running_containers >"$(running_file)"; }

# Reports whether something has stopped or disappeared since then. Pulumi compares its state with
# reality only with --refresh.
something_stopped() {
  [[ -e "$(running_file)" && -n "$(comm -23 "$(running_file)" <(running_containers))" ]]
}
