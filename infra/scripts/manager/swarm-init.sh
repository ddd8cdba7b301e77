#!/usr/bin/env bash
# Makes the first manager's host a manager: of the Swarm that the other managers have, or of a new one. Prints the Swarm's id. Idempotent. A Swarm whose managers can't agree
# any more is waited for, and begun anew from this host only when most of them are gone for good.
# Values: PRIVATE_IP, OVERLAY_CIDR, MANAGERS (ids of the hosts of all managers), OTHERS (NAME ADDRESS HOST-KEY of each other manager).
# uses: members put
# values: KEY REPAIR PRIVATE_IP OVERLAY_CIDR MANAGERS[] OTHERS[]

# The managers' hosts when they last agreed, an id a line.
readonly AGREED=$STATE_DIR/managers

main() {
  wait_for_boot
  local manages state
  manages=$(docker info --format '{{.Swarm.ControlAvailable}}')
  if [[ $manages != true ]]; then
    state=$(swarm_state)
    if [[ $state != inactive ]]; then
      say "this host is $state in a Swarm that it does not manage: it leaves"
      docker swarm leave --force >&2
    fi
    join_others || create
  fi
  agree
  printf '%s\n' "${MANAGERS[@]}" >"$AGREED"
  remember "$KEY" "$REPAIR" swarm self
  docker info --format '{{.Swarm.Cluster.ID}}'
}

create() {
  say "initialising the Swarm at $PRIVATE_IP"
  # Its standard output holds a join token.
  docker swarm init --advertise-addr "$PRIVATE_IP" --data-path-addr "$PRIVATE_IP" --availability drain \
    --default-addr-pool "$OVERLAY_CIDR" --default-addr-pool-mask-length 24 >/dev/null
}

# Joins the Swarm that another manager has; fails when each of them says that it has none. A new Swarm beside one that lives would have every host change over to it, so
# an answer of each is needed.
join_others() {
  if ((${#OTHERS[@]} == 0)); then return 1; fi
  local answer=""
  wait_until 300 "the other managers to tell whether there is a Swarm" ask_others ||
    fail "it is not known whether the other managers have a Swarm. Start those that are off; those that are lost are replaced by pulumi up --refresh. Where they say that there is no leader, more than half of them are lost: docs/reliability.md tells how one that is left begins anew"
  if [[ $answer == none ]]; then return 1; fi
  wait_until 60 "another manager to take this host" join_by "${answer% *}" "${answer#* }" "$PRIVATE_IP" || exit 1
  wait_until 30 "the node to be active" active || exit 1
}

# Sets `answer`: ADDRESS TOKEN of one that has a Swarm, or `none` when all have none.
ask_others() {
  local other name address key said none=0
  for other in "${OTHERS[@]}"; do
    read -r name address key <<<"$other"
    said=$(ask_host "$address" "$key" admit) || {
      say "$name does not tell"
      continue
    }
    if [[ $said == none ]]; then
      none=$((none + 1))
      continue
    fi
    say "$name has a Swarm: this host joins it"
    answer="$address $said"
    return
  done
  if ((none < ${#OTHERS[@]})); then return 1; fi
  answer=none
}

agreed() { docker_api GET /info | jq -e '.Swarm.ControlAvailable and .Swarm.Error == ""' >/dev/null; }

# Waits until the managers agree. Where most of those that did are no longer declared, they can't again: then this host goes on alone, with all that is in the Swarm, and
# the others join it afresh. The program has had their hosts replaced, so none of them can go on as a second Swarm.
agree() {
  if wait_until 60 "the managers to agree" agreed; then return; fi
  local members=0 declared=0 id
  if [[ -e $AGREED ]]; then
    while read -r id; do
      members=$((members + 1))
      if [[ " ${MANAGERS[*]} " == *" $id "* ]]; then declared=$((declared + 1)); fi
    done <"$AGREED"
  fi
  if ((members == 0 || declared * 2 > members)); then
    fail "the Swarm has no quorum: too few of its managers answer. What runs goes on, and nothing can be changed. Start the managers' hosts that are off, and run pulumi up again; those that are lost are replaced by pulumi up --refresh"
  fi
  say "$((members - declared)) of $members managers are gone for good: this host goes on alone, and the others join it"
  docker swarm init --force-new-cluster --advertise-addr "$PRIVATE_IP" --data-path-addr "$PRIVATE_IP" --availability drain >/dev/null
  wait_until 60 "the Swarm to have a leader" agreed || exit 1
}

main </dev/null
