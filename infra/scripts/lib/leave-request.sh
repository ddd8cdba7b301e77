#!/usr/bin/env bash
# Answers the first manager's request to leave the Swarm.
# environment: SSH_ORIGINAL_COMMAND

# leave_swarm: leaves the Swarm as the node whose id the first manager sent. A host that is another
# node by now (it joined a newer Swarm) stays there.
leave_swarm() {
  local -r node=${SSH_ORIGINAL_COMMAND:-}
  [[ $node =~ ^[a-z0-9]{25}$ ]] || fail "SSH_ORIGINAL_COMMAND is '$node', but must be the id of a node."
  local present
  present=$(docker info --format '{{.Swarm.NodeID}}')
  if [[ $present != "$node" ]]; then
    say "This host is not node $node, so it does not leave the Swarm."
    return
  fi
  docker swarm leave >&2
}
