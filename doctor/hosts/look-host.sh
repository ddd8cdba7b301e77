#!/usr/bin/env bash
# Prints how a host and the event's tasks on it are, as JSON. Changes nothing.
# Values: PROBE (what a task is asked, for Node.js).
# values: PROBE

main() {
  jq -cn --arg clock "$(date +%s.%N)" --arg swarm "$(swarm_state || true)" \
    --arg certificate "$(cat /var/lib/docker/swarm/certificates/swarm-node.crt 2>/dev/null || true)" \
    --argjson disks "$(disks)" --slurpfile tasks <(tasks) \
    '{clock: ($clock | tonumber), swarm: $swarm, certificate: $certificate, disks: $disks, tasks: $tasks}'
}

# What is full where: the root, and where Docker keeps its data if that is another disk.
disks() {
  df --output=target,pcent / /var/lib/docker | sed 1d | sort -u |
    jq -Rsc 'split("\n") | map(select(. != "") | split(" ") | map(select(. != "")) | {path: .[0], percent: (.[1] | rtrimstr("%") | tonumber)})'
}

tasks() {
  local service id
  for service in gifticon_main-api gifticon_gifticon-issuer; do
    for id in $(docker ps --quiet --filter "label=com.docker.swarm.service.name=$service"); do
      { timeout 20 docker exec "$id" node --eval "$PROBE" 2>/dev/null || echo '{}'; } | jq -c --arg service "$service" '{service: $service} + .'
    done
  done
}

main </dev/null
