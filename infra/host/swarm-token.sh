#!/usr/bin/env bash
# Prints the token that a worker joins by: a secret.
# Values: SWARM_ID (a token belongs to one Swarm).

main() {
  local id
  id=$(docker info --format '{{.Swarm.Cluster.ID}}')
  [[ $id == "$SWARM_ID" ]] || fail "the manager's Swarm is '$id', not $SWARM_ID"
  docker swarm join-token --quiet worker
}

main </dev/null
