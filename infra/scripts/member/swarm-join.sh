#!/usr/bin/env bash
# Joins this host to the Swarm, and prints its node id. The token decides whether it becomes a
# manager or a worker. A new node gets no tasks until swarm-node.sh has labelled it. A host first
# leaves a Swarm that is not the declared one, and one in which its node was removed or can't work
# any more, as with an expired certificate.
# uses: membership
# values: SWARM_ID MANAGER_IP PRIVATE_IP JOIN_TOKEN REPAIR
# REPAIR is `gone-NODE` when the node of that id was removed from the Swarm.

# The file with the id of the Swarm that this host joined.

readonly JOINED=$STATE_DIR/swarm-id

main() {
  wait_for_boot
  local state
  state=$(swarm_state)
  if [[ $state != inactive && $(cat "$JOINED" 2>/dev/null) != "$SWARM_ID" ]]; then
    say "This host is $state in another Swarm, so it leaves that Swarm."
    leave_to_join_again
    state=inactive
  fi
  # A host that has joined again in an interrupted run is another node by now, and stays.
  if [[ $state != inactive && $REPAIR == "gone-$(node_id)" ]]; then
    say "The node of this host was removed from the Swarm, so the host joins again."
    leave_to_join_again
    state=inactive
  fi
  if [[ $state != inactive ]] && ! stays_active "$state"; then
    say "The node of this host does not become active ($(docker info --format '{{.Swarm.Error}}')), so the host joins again."
    leave_to_join_again
    state=inactive
  fi
  if [[ $state == inactive ]]; then
    rm -f "$JOINED"
    wait_until 60 "the manager at $MANAGER_IP to accept this host" join_by "$MANAGER_IP" "$JOIN_TOKEN" "$PRIVATE_IP" || exit 1
  fi
  printf '%s\n' "$SWARM_ID" >"$JOINED"
  wait_until 30 "the node to be active (it is $(swarm_state): $(docker info --format '{{.Swarm.Error}}'))" active || exit 1
  node_id
}

# stays_active STATE: succeeds when the node is active, or becomes active after a restart of the
# engine (state pending). A node in state error never becomes active again.
stays_active() {
  [[ $1 != error ]] && wait_until 30 "the node to be active (it is $(swarm_state))" active
}

node_id() { docker info --format '{{.Swarm.NodeID}}'; }

main </dev/null
