#!/usr/bin/env bash
# Rotates the join tokens and the certificate authority of the Swarm, and waits until each node has
# a certificate of the new authority. Tasks keep running. Prints a digest of the authority. The
# change that begins a rotation also stores its number in the Swarm as a label, so that neither an
# interrupted run nor a new host of the manager rotates again.
# values: HOST_LABEL ROTATION
# ROTATION is the number of the rotation; a new Swarm has number 1.

readonly ROTATION_LABEL=gifticon-event.rotation

main() {
  local last
  last=$(docker_api GET /swarm | jq -r --arg key "$ROTATION_LABEL" '.Spec // error("no Swarm: \(.message)") | .Labels[$key] // "1"')
  if [[ $last != "$ROTATION" ]]; then
    say "Rotating the join tokens and the certificate authority."
    wait_until 30 "the rotation to begin" begin || exit 1
  fi
  wait_until 180 "each node's new certificate" ended ||
    fail "These nodes have no new certificate: $(behind). The Swarm trusts both authorities until they have one." \
      "Start their hosts and run pulumi up again. If a host is lost, first run docker node rm --force on the manager."
  docker_api GET /swarm | jq -er .TLSInfo.TrustRoot | sha256sum | cut -c 1-12
}

# Begins the rotation. Fails when something else changed the Swarm at the same time. The Swarm
# changes the tokens once more when the rotation of the authority ends; the old tokens are invalid
# from now on.
begin() {
  local swarm answer
  swarm=$(docker_api GET /swarm) || return 1
  answer=$(
    jq --arg key "$ROTATION_LABEL" --arg rotation "$ROTATION" '.Spec | .Labels[$key] = $rotation | .CAConfig.ForceRotate += 1' <<<"$swarm" |
      docker_api POST "/swarm/update?version=$(jq .Version.Index <<<"$swarm")&rotateWorkerToken=true&rotateManagerToken=true" \
        --header 'Content-Type: application/json' --data-binary @-
  ) || return 1
  if [[ $answer == "" ]]; then return 0; fi
  say "The engine answered: $(jq -r '.message // .' <<<"$answer")"
  return 1
}

ended() { docker_api GET /swarm | jq -e '.RootRotationInProgress == false' >/dev/null; }

# Prints the nodes that have no certificate of the new authority.
behind() {
  local key
  key=$(docker_api GET /swarm | jq -r .TLSInfo.CertIssuerPublicKey)
  docker_api GET /nodes | jq -r --arg key "$key" --arg name "$HOST_LABEL" '
    map(select(.Description.TLSInfo.CertIssuerPublicKey != $key) | "\(.Spec.Labels[$name] // .Description.Hostname) (\(.Status.State), node \(.ID))") | join(", ")'
}

main </dev/null
