#!/usr/bin/env bash
# Prints the token by which a host joins the Swarm. The token is a secret.
# uses: applied-state
# values: KEY REPAIR SWARM_ID ROLE
# SWARM_ID is the id of the Swarm that the token must belong to. ROLE is worker or manager.

main() {
  local id
  id=$(docker info --format '{{.Swarm.Cluster.ID}}')
  [[ $id == "$SWARM_ID" ]] || fail "The manager's Swarm is '$id', not $SWARM_ID. Run pulumi up again."
  # The tokens change once more when a rotation of the certificate authority ends. A rotation that
  # waits for a node that is off may take long, so the wait is short.
  wait_until 30 "the rotation of the certificate authority to end" rotated || true
  record_applied "$KEY" "$REPAIR" token "${ROLE^}"
  docker swarm join-token --quiet "$ROLE"
}

rotated() { docker_api GET /swarm | jq -e '.RootRotationInProgress == false' >/dev/null; }

main </dev/null
