#!/usr/bin/env bash
# Functions that read a node's state and change the node, on a manager.

# node_is NODE STATE: succeeds when the manager reports this state of the node.
node_is() { [[ $(docker node inspect --format '{{.Status.State}}' "$1" 2>/dev/null) == "$2" ]]; }

# update_node ARGUMENT...: runs `docker node update`, again when something else changed the node at
# the same time.
update_node() { wait_until 30 "the Swarm to accept a change of node ${*: -1}" node_updated "$@" || exit 1; }

node_updated() {
  local said
  if said=$(docker node update "$@" 2>&1 >/dev/null); then return; fi
  [[ $said == *"update out of sequence"* ]] || fail "$said"
  return 1
}
