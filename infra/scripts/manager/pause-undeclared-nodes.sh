#!/usr/bin/env bash
# Pauses the nodes of hosts that are no longer declared. Such a node is removed after the stacks are
# updated, and does not have their new images. It gets no new tasks, and keeps its own until it is
# retired. When the host is declared again before that, its paused node counts as drift.
# uses: node-updates
# values: HOST_LABEL HOSTS[]
# HOSTS holds the names of the declared hosts.

main() {
  local nodes node availability host
  nodes=$(docker node ls --quiet --filter "node.label=$HOST_LABEL" |
    xargs --no-run-if-empty docker node inspect --format "{{.ID}} {{.Spec.Availability}} {{index .Spec.Labels \"$HOST_LABEL\"}}")
  while read -r node availability host; do
    if [[ $availability != active ]] || declared "$host"; then continue; fi
    say "Pausing node $node, because its host $host is no longer declared."
    update_node --availability pause "$node"
  done <<<"$nodes"
}

declared() { [[ " ${HOSTS[*]} " == *" $1 "* ]]; }

main "$@" </dev/null
