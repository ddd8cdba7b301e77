#!/usr/bin/env bash
# Prints the token that a host joins by: a secret.
# Values: SWARM_ID (a token belongs to one Swarm), ROLE (worker or manager).
# uses: put
# values: KEY REPAIR SWARM_ID ROLE

main() {
  local id
  id=$(docker info --format '{{.Swarm.Cluster.ID}}')
  [[ $id == "$SWARM_ID" ]] || fail "the manager's Swarm is '$id', not $SWARM_ID"
  # The authority's own change ends with other tokens. One that waits for a node that is off goes on for long.
  wait_until 30 "the rotation of the certificate authority to end; going on without" rotated || true
  remember "$KEY" "$REPAIR" token "${ROLE^}"
  docker swarm join-token --quiet "$ROLE"
}

rotated() { docker_api GET /swarm | jq -e '.RootRotationInProgress == false' >/dev/null; }

main </dev/null
