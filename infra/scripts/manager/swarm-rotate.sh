#!/usr/bin/env bash
# Rotates what the Swarm lets hosts in by: its join tokens, and its certificate authority, after which each node gets a certificate of the new one while all that runs goes on.
# Prints a digest of the authority. Idempotent: the Swarm remembers its rotation as a label, in the one change that begins it, so an interrupted run goes on, and so does
# a manager that is made anew.
# Values: ROTATION (a Swarm is made with the first).
# values: ROTATION

readonly ROTATION_LABEL=gifticon-event.rotation

main() {
  local last
  last=$(docker_api GET /swarm | jq -r --arg key "$ROTATION_LABEL" '.Spec // error("no Swarm: \(.message)") | .Labels[$key] // "1"')
  if [[ $last != "$ROTATION" ]]; then
    say "rotating the join tokens and the certificate authority"
    wait_until 30 "the rotation to begin" begin || exit 1
  fi
  wait_until 180 "each node's new certificate" ended ||
    fail "without a new certificate: $(behind). Until they have one the Swarm trusts both authorities. Start the hosts that are off and run pulumi up again; the node of one that is lost goes by docker node rm --force on the manager before"
  docker_api GET /swarm | jq -er .TLSInfo.TrustRoot | sha256sum | cut -c 1-12
}

# Fails when another change came in between. The authority's own change ends with other tokens once more; those from before open nothing from here on.
begin() {
  local swarm answer
  swarm=$(docker_api GET /swarm) || return 1
  answer=$(
    jq --arg key "$ROTATION_LABEL" --arg rotation "$ROTATION" '.Spec | .Labels[$key] = $rotation | .CAConfig.ForceRotate += 1' <<<"$swarm" |
      docker_api POST "/swarm/update?version=$(jq .Version.Index <<<"$swarm")&rotateWorkerToken=true&rotateManagerToken=true" \
        --header 'Content-Type: application/json' --data-binary @-
  ) || return 1
  if [[ $answer == "" ]]; then return 0; fi
  say "the engine says: $(jq -r '.message // .' <<<"$answer")"
  return 1
}

ended() { docker_api GET /swarm | jq -e '.RootRotationInProgress == false' >/dev/null; }

# The nodes that have no certificate of the new authority.
behind() {
  local key
  key=$(docker_api GET /swarm | jq -r .TLSInfo.CertIssuerPublicKey)
  docker_api GET /nodes | jq -r --arg key "$key" --arg name "$HOST_LABEL" '
    map(select(.Description.TLSInfo.CertIssuerPublicKey != $key) | "\(.Spec.Labels[$name] // .Description.Hostname) (\(.Status.State), node \(.ID))") | join(", ")'
}

main </dev/null
