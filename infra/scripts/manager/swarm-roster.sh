#!/usr/bin/env bash
# Tells the Swarm which hosts are declared. The node of any other is on its way out: it is removed after the stacks are updated, and has none of
# their new images. So it gets no new tasks, and keeps what it runs until it is retired. (One that is declared again in time is seen by look.sh: its node is paused and
# shouldn't be.)
# Values: HOSTS (names of the declared hosts).
# uses: nodes
# values: HOSTS[]

main() {
  local nodes node availability host
  nodes=$(docker node ls --quiet --filter "node.label=$HOST_LABEL" |
    xargs --no-run-if-empty docker node inspect --format "{{.ID}} {{.Spec.Availability}} {{index .Spec.Labels \"$HOST_LABEL\"}}")
  while read -r node availability host; do
    if [[ $availability != active ]] || declared "$host"; then continue; fi
    say "no new tasks for node $node of $host, which is no longer declared"
    update_node --availability pause "$node"
  done <<<"$nodes"
}

declared() { [[ " ${HOSTS[*]} " == *" $1 "* ]]; }

main "$@" </dev/null
