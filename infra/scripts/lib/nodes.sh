#!/usr/bin/env bash
# Nodes of the Swarm, as its managers see and change them.

# node_is NODE STATE: as the manager sees it.
node_is() { [[ $(docker node inspect --format '{{.Status.State}}' "$1" 2>/dev/null) == "$2" ]]; }

# update_node ARGUMENT...: as `docker node update`, once more when another change of the node came between its reading and its writing.
update_node() { wait_until 30 "the Swarm to take a change of node ${*: -1}" node_updated "$@" || exit 1; }

node_updated() {
  local said
  if said=$(docker node update "$@" 2>&1 >/dev/null); then return; fi
  [[ $said == *"update out of sequence"* ]] || fail "$said"
  return 1
}
