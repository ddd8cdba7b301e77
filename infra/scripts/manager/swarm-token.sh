#!/usr/bin/env bash
# Prints the token that a host joins by: a secret.
# Values: SWARM_ID (a token belongs to one Swarm), ROLE (worker or manager).
# values: SWARM_ID ROLE

main() {
  local id
  id=$(docker info --format '{{.Swarm.Cluster.ID}}')
  [[ $id == "$SWARM_ID" ]] || fail "the manager's Swarm is '$id', not $SWARM_ID"
  docker swarm join-token --quiet "$ROLE"
}

main </dev/null
