#!/usr/bin/env bash
# Prints the Swarm's nodes, services, tasks, certificate authority and digests of its join tokens as
# JSON.
# Prints the error and the state of this node when the Swarm's state isn't available: it has no
# quorum, or this node has ended, has left the Swarm or is no manager. Runs on the manager and
# changes nothing.
# uses: engine-hangs

main() {
  local info swarm
  if engine_hangs; then
    echo "its Docker engine doesn't answer" >&2
    exit 1
  fi
  info=$(docker_api GET /info | jq -c '.Swarm | {error: .Error,
    state: (if .LocalNodeState == "active" and .ControlAvailable == false then "a worker" else .LocalNodeState end)}')
  if jq -e '.error != "" or .state != "active"' <<<"$info" >/dev/null; then
    echo "$info"
    return
  fi
  swarm=$(docker_api GET /swarm)
  jq -cn --slurpfile nodes <(docker_api GET /nodes) --slurpfile services <(docker_api GET "/services?status=true") \
    --slurpfile tasks <(docker_api GET /tasks | jq -c 'map({ID, ServiceID, Slot, NodeID, CreatedAt, DesiredState, Status} | del(.[] | nulls))') \
    --arg clock "$(date +%s.%N)" \
    --argjson authority "$(jq -c '{issuer: .TLSInfo.CertIssuerPublicKey, rotating: .RootRotationInProgress}' <<<"$swarm")" \
    --arg worker "$(token_digest Worker <<<"$swarm")" --arg manager "$(token_digest Manager <<<"$swarm")" \
    '{clock: ($clock | tonumber), nodes: $nodes[0], services: $services[0], tasks: $tasks[0], $authority, tokens: {$worker, $manager}}'
}

# token_digest ROLE: prints the digest of the role's join token, with the Swarm's JSON on standard
# input. The token itself is a secret.
token_digest() { jq -j --arg role "$1" '.JoinTokens[$role]' | sha256sum | cut -d ' ' -f 1; }

main </dev/null
