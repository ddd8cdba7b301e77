#!/usr/bin/env bash
# Joins a host to the Swarm, as what the token makes it, and prints its node id. A new node gets no tasks until swarm-node.sh has labelled it. Idempotent.
# A host of another Swarm (its manager was replaced) changes over. One whose node is gone from the Swarm, which it doesn't notice, joins afresh, and so does
# one that can't be its node any more, as its certificate has expired.
# Values: SWARM_ID, MANAGER_IP, PRIVATE_IP, JOIN_TOKEN, REPAIR (`gone-NODE` when that one is).
# uses: members
# values: SWARM_ID MANAGER_IP PRIVATE_IP JOIN_TOKEN REPAIR

readonly JOINED=$STATE_DIR/swarm-id

main() {
  wait_for_boot
  local state
  state=$(swarm_state)
  if [[ $state != inactive && $(cat "$JOINED" 2>/dev/null) != "$SWARM_ID" ]]; then
    say "this host is $state in another Swarm: it leaves"
    docker swarm leave --force >&2
    # An engine that changes over without a new start may be left out of the overlay network's gossip ("unknown to memberlist"): no name of another host
    # resolves on it, and no task there becomes healthy.
    systemctl restart docker >&2
    state=inactive
  fi
  # Not one that has joined again since, and whose run was interrupted before the manager was told.
  if [[ $state != inactive && $REPAIR == "gone-$(node_id)" ]]; then
    say "the Swarm has no node of this host any more: it leaves, to join again"
    docker swarm leave --force >&2
    state=inactive
  fi
  if [[ $state != inactive ]] && ! stays_active "$state"; then
    say "this host can't be the node that it was ($(docker info --format '{{.Swarm.Error}}')): it leaves, to join again"
    docker swarm leave --force >&2
    state=inactive
  fi
  if [[ $state == inactive ]]; then
    rm -f "$JOINED"
    wait_until 60 "the manager at $MANAGER_IP to take this host" join_by "$MANAGER_IP" "$JOIN_TOKEN" "$PRIVATE_IP" || exit 1
  fi
  printf '%s\n' "$SWARM_ID" >"$JOINED"
  wait_until 30 "the node to be active; it is $(swarm_state), $(docker info --format '{{.Swarm.Error}}')" active || exit 1
  node_id
}

# stays_active STATE: an engine that has just started needs a moment (pending); one whose node has ended in an error starts no other.
stays_active() {
  [[ $1 != error ]] && wait_until 30 "the node to be active; it is $(swarm_state)" active
}

node_id() { docker info --format '{{.Swarm.NodeID}}'; }

main </dev/null
