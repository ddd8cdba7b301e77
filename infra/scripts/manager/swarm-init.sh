#!/usr/bin/env bash
# Makes this host the first manager: of the Swarm that the other managers have, or else of a new
# one. Prints the Swarm's id. Can be run again at any time. When the managers have no quorum, it
# waits for them; it restores the Swarm from this host alone only when most of their hosts were
# replaced.
# uses: membership applied-state
# values: KEY REPAIR PRIVATE_IP OVERLAY_CIDR MANAGERS[] OTHERS[]
# MANAGERS holds the host ids of all managers. OTHERS holds NAME ADDRESS HOST-KEY of each other one.

# The file with the host ids of the managers that had the last quorum, one a line.
readonly AGREED=$STATE_DIR/managers

main() {
  wait_for_boot
  local manages state
  manages=$(docker info --format '{{.Swarm.ControlAvailable}}')
  if [[ $manages != true ]]; then
    state=$(swarm_state)
    if [[ $state != inactive ]]; then
      say "This host is $state in a Swarm that it does not manage, so it leaves that Swarm."
      leave_to_join_again
    fi
    join_others || create
  fi
  agree
  printf '%s\n' "${MANAGERS[@]}" >"$AGREED"
  record_applied "$KEY" "$REPAIR" swarm self
  docker info --format '{{.Swarm.Cluster.ID}}'
}

create() {
  say "Creating a Swarm with the manager $PRIVATE_IP."
  # The command prints a join token, which is a secret.
  docker swarm init --advertise-addr "$PRIVATE_IP" --data-path-addr "$PRIVATE_IP" --availability drain \
    --default-addr-pool "$OVERLAY_CIDR" --default-addr-pool-mask-length 24 >/dev/null
}

# Joins the Swarm that another manager has. Returns 1 when every other manager says that it has
# none. Needs an answer from each: if a Swarm existed beside a new one, all hosts would move to the
# new one.
join_others() {
  if ((${#OTHERS[@]} == 0)); then return 1; fi
  local answer=""
  wait_until 300 "the other managers to say whether they have a Swarm" ask_others ||
    fail "Not every other manager said whether it has a Swarm, so this host makes none." \
      "Start the managers' hosts that are off, and run pulumi up again; pulumi up --refresh replaces lost ones." \
      "When the managers report that there is no leader, more than half of them are lost:" \
      "docs/reliability.md explains how to restore the Swarm from one that is left."
  if [[ $answer == none ]]; then return 1; fi
  wait_until 60 "another manager to accept this host" join_by "${answer% *}" "${answer#* }" "$PRIVATE_IP" || exit 1
  wait_until 30 "the node to be active" active || exit 1
}

# Asks each other manager for its Swarm. Sets the variable `answer` to ADDRESS TOKEN of the first
# that has one, or to `none` when all have none; returns 1 when some do not answer.
ask_others() {
  local other name address key said none=0
  for other in "${OTHERS[@]}"; do
    read -r name address key <<<"$other"
    said=$(ask_host "$address" "$key" admit) || {
      say "$name does not answer."
      continue
    }
    if [[ $said == none ]]; then
      none=$((none + 1))
      continue
    fi
    say "$name has a Swarm. This host joins it."
    answer="$address $said"
    return
  done
  if ((none < ${#OTHERS[@]})); then return 1; fi
  answer=none
}

agreed() { docker_api GET /info | jq -e '.Swarm.ControlAvailable and .Swarm.Error == ""' >/dev/null; }

# Waits until the managers have a quorum. They can never have one again when most hosts of the last
# quorum were replaced. Then this host becomes the only manager and keeps the Swarm's content, and
# the others join it again. The replaced hosts are gone, so none of them can form a second Swarm.
agree() {
  if wait_until 60 "the managers to have a quorum" agreed; then return; fi
  local members=0 declared=0 id
  if [[ -e $AGREED ]]; then
    while read -r id; do
      members=$((members + 1))
      if [[ " ${MANAGERS[*]} " == *" $id "* ]]; then declared=$((declared + 1)); fi
    done <"$AGREED"
  fi
  if ((members == 0 || declared * 2 > members)); then
    fail "The Swarm has no quorum, because too few of its managers answer." \
      "Its tasks keep running, but nothing can be changed." \
      "Start the managers' hosts that are off, and run pulumi up again; pulumi up --refresh replaces lost ones."
  fi
  say "$((members - declared)) of $members managers were replaced. This host restores the Swarm alone, and the others join it."
  docker swarm init --force-new-cluster --advertise-addr "$PRIVATE_IP" --data-path-addr "$PRIVATE_IP" --availability drain >/dev/null
  wait_until 60 "the Swarm to have a leader" agreed || exit 1
}

main </dev/null
