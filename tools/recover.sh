# shellcheck shell=bash
# Cleans up after a killed run or a hard stop of the machine, before the next `pulumi up`. Sourced
# after env.sh. All steps except end_orphans need the run lock, which the orphans may hold. Each
# step checks first, so it costs nothing when there is nothing to do. (The local cloud's containers
# start again with the Docker engine. A container that stopped while the engine ran is drift, which
# Pulumi handles.)
: "${checkout:?}" "${LOCAL_CLOUD_ACCOUNT:?}"

# Prints the path of the state file of stack `local` if the state is on this machine.
state_file() {
  [[ $PULUMI_BACKEND_URL == file://* ]] || return 0
  printf '%s\n' "${PULUMI_BACKEND_URL#file://}/.pulumi/stacks/gifticon-event/local.json"
}

# The other stacks of the state on this machine that hold something, one a line.
other_stacks() {
  local file
  [[ $PULUMI_BACKEND_URL == file://* ]] || return 0
  for file in "${PULUMI_BACKEND_URL#file://}/.pulumi/stacks/gifticon-event"/*.json; do
    if [[ ${file##*/} != local.json ]] && grep -qs '"urn": *"urn:pulumi:' "$file"; then
      basename "$file" .json
    fi
  done
}

# Refuses to go on where stack `local` has another name now. A new stack `local` would want the
# addresses of the environment, and a sweep would delete it.
refuse_renamed_stack() {
  local others
  [[ ! -e "$(state_file)" ]] || return 0
  others="$(other_stacks | paste -sd ' ')"
  [[ -z $others ]] || fail "there is no stack local here, but: $others" \
    "./run works on stack local. Was it renamed? Give it its name back, and nothing else changes:" \
    "  ./run pulumi stack rename local --stack ${others%% *}" \
    "Else destroy the other first: ./run pulumi destroy --stack ${others%% *}"
}

# Creates stack `local` if there is no state of it. Its name stays free where it has another one, so
# that it can be given back.
ensure_stack() {
  if [[ -e "$(state_file)" || -n "$(other_stacks)" ]]; then return; fi
  pulumi stack select --create --stack local --non-interactive >/dev/null
}

# The states of all stacks on this machine, as JSON: nothing that one of them knows is to be swept.
all_deployments() {
  local stack separator=""
  printf '['
  for stack in "$@" $(other_stacks); do
    printf '%s' "$separator"
    pulumi stack export --stack "$stack"
    separator=,
  done
  printf ']'
}

# Ends the processes of a killed CLI, which would wait forever: the CLI would end the language host,
# and the language host the program. They are known by their account, and by the loss of their
# parent.
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
    say "A run was killed: ending its process ${process#/proc/}"
    end_with_children "${process#/proc/}"
  done
}

# end_with_children PROCESS: kills a process and its children, which have nothing to clean up.
end_with_children() {
  local children child
  read -ra children -d '' < <(cat "/proc/$1/task/"*/children 2>/dev/null) || true
  for child in "${children[@]}"; do end_with_children "$child"; done
  kill -KILL "$1" 2>/dev/null || true
}

# Frees the state's lock if its process is gone. Otherwise it would block every later update.
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

# Settles the operations of a killed update, whose results are unknown: compares the state with
# reality, forgets creations that were not recorded, and deletes their resources.
settle_pending_operations() {
  local state
  state="$(state_file)"
  [[ -e $state ]] && grep -q '"pending_operations"' "$state" || return 0
  say "A run was killed in the middle of an update: comparing the state with the machine"
  pulumi refresh --yes --skip-preview --clear-pending-creates --stack local --non-interactive >/dev/null ||
    fail "the state can't be compared with the machine" "See: ./run pulumi refresh --stack local"
  all_deployments local | local-cloud sweep --stack local
}

# Prints the account's running containers, one id a line.
running_containers() { docker ps -q --no-trunc --filter "label=local-cloud.account=$LOCAL_CLOUD_ACCOUNT" | sort; }

# Prints the path of the list of containers that ran after the last successful ./run up.
running_file() { printf '%s\n' "$checkout/.local/running-$LOCAL_CLOUD_ACCOUNT"; }

note_running_containers() { running_containers >"$(running_file)"; }

# Reports whether something has stopped or disappeared since then. Pulumi compares its state with
# reality only with --refresh.
something_stopped() {
  [[ -e "$(running_file)" && -n "$(comm -23 "$(running_file)" <(running_containers))" ]]
}
