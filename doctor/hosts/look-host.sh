#!/usr/bin/env bash
# Prints the state of a host and of the event's tasks on it, as JSON. Changes nothing.
# values: SERVICE_LABEL SERVICES[] PROBE
# SERVICES holds the services of the event, as the Swarm names them.
# PROBE is the script for Node.js that runs in each task and prints the task's state as JSON.

main() {
  jq -cn --arg clock "$(date +%s.%N)" --arg swarm "$(swarm_state || true)" \
    --arg certificate "$(cat /var/lib/docker/swarm/certificates/swarm-node.crt 2>/dev/null || true)" \
    --argjson disks "$(disks)" --slurpfile tasks <(tasks) \
    '{clock: ($clock | tonumber), swarm: $swarm, certificate: $certificate, disks: $disks, tasks: $tasks}'
}

# Prints how full each disk is: that of the root, and that of Docker's data when it is another one.
disks() {
  df --output=target,pcent / /var/lib/docker | sed 1d | sort -u |
    jq -Rsc 'split("\n") | map(select(. != "") | split(" ") | map(select(. != "")) | {path: .[0], percent: (.[1] | rtrimstr("%") | tonumber)})'
}

tasks() {
  local service id
  for service in "${SERVICES[@]}"; do
    for id in $(docker ps --quiet --filter "label=$SERVICE_LABEL=$service"); do
      { timeout 20 docker exec "$id" node --eval "$PROBE" 2>/dev/null || echo '{}'; } | jq -c --arg service "$service" '{service: $service} + .'
    done
  done
}

main </dev/null
