#!/usr/bin/env bash
# All that the manager's key may do on a host: leave the Swarm as the node whose id is asked for. A host that is another node by
# now (it joined a newer Swarm) stays there.
main() {
  local -r node=${SSH_ORIGINAL_COMMAND:-}
  [[ $node =~ ^[a-z0-9]{25}$ ]] || fail "expected the id of a node"
  local present
  present=$(docker info --format '{{.Swarm.NodeID}}')
  if [[ $present != "$node" ]]; then
    say "this host is not node $node (any more)"
    return
  fi
  docker swarm leave >&2
}

main </dev/null
