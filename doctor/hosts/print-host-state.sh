#!/usr/bin/env bash
# Prints the state of a host and of the event's tasks on it, as JSON. Changes nothing.
# uses: wanted-images declared-topics engine-hangs
# values: SERVICE_LABEL TASK_LABEL SERVICES[] PROBE BROKER_SERVICE TOPIC HELD_PARTITIONS[]
# SERVICES holds the Swarm's names of the event's services.
# BROKER_SERVICE is the Swarm's name of the broker's service.
# TOPIC is the event's topic.
# HELD_PARTITIONS holds the partitions whose open transactions it prints.
# PROBE is the script for Node.js that runs in each task and prints the task's state as JSON.

main() {
  # Reported like an engine that is off.
  if engine_hangs; then docker() { return 1; }; fi
  jq -cn --arg clock "$(date +%s.%N)" --arg swarm "$(swarm_state || true)" \
    --arg swarmError "$(docker info --format '{{.Swarm.Error}}' || true)" \
    --arg certificate "$(cat /var/lib/docker/swarm/certificates/swarm-node.crt 2>/dev/null || true)" \
    --argjson disks "$(disks)" --argjson unusedBytes "$(unused_bytes)" --argjson patched "$(stat --format %Y /var/lib/dpkg/status)" \
    --slurpfile tasks <(tasks) --slurpfile ends <(ends) --argjson missingImages "$(missing_images || echo null)" \
    --argjson topics "$(topic_differences || echo null)" --argjson brokers "$(running_brokers)" \
    --arg brokerEnd "$(broker_end)" --argjson transactions "$(transactions || echo null)" \
    '{clock: ($clock | tonumber), $swarm, $swarmError, $certificate, $disks, $unusedBytes, $patched, $tasks, $ends, $missingImages, $topics, $brokers, $brokerEnd,
      $transactions}'
}

# Prints the lines of `open-transactions list`, as a JSON list. Prints null on a host without the
# broker. Fails when the broker does not answer.
transactions() {
  local broker
  broker=$(broker_containers) || return 1
  if [[ $broker == "" || ${#HELD_PARTITIONS[@]} == 0 ]]; then
    echo null
    return
  fi
  json_lines docker exec "$broker" open-transactions list "$TOPIC" "${HELD_PARTITIONS[@]}"
}

running_brokers() { broker_containers | wc -l; }

# Prints the error that ended this host's last broker, if a restart can't resolve it.
broker_end() {
  local last
  last=$(docker ps --quiet --filter "label=$SERVICE_LABEL=$BROKER_SERVICE" --filter status=exited | head -n 1)
  if [[ $last == "" ]]; then return; fi
  docker logs --tail 200 "$last" 2>&1 | grep -o 'Invalid cluster.id in.*' | tail -n 1 || true
}

# Prints the end of each service's last exited container on this host, one a line.
ends() {
  local id service seen=" "
  docker ps --all --filter status=exited --filter "label=$TASK_LABEL" --format "{{.ID}} {{.Label \"$SERVICE_LABEL\"}}" |
    while read -r id service; do
      if [[ $seen == *" $service "* ]]; then continue; fi
      seen+="$service "
      docker inspect "$id" | jq -c --arg key "$TASK_LABEL" --arg lastLines "$(last_lines "$id")" \
        '.[0] | {task: .Config.Labels[$key], exitCode: .State.ExitCode, outOfMemory: .State.OOMKilled, $lastLines,
          lastCheck: ([.State.Health.Log[]?.Output] | last // "" | [splits("\\s+")] | map(select(. != "")) | join(" ") | .[:300])}'
    done
}

# last_lines CONTAINER: prints the last lines of its output on one line.
last_lines() {
  docker logs --tail 3 "$1" 2>&1 | cut -c 1-300 | jq -Rrn '[inputs | select(test("\\S"))] | join(" | ")'
}

# Prints the used share of the root disk, and of the disk with Docker's data if it is another one.
disks() {
  df --output=target,pcent / /var/lib/docker | sed 1d | sort -u |
    jq -Rsc 'split("\n") | map(select(. != "") | split(" ") | map(select(. != "")) | {path: .[0], percent: (.[1] | rtrimstr("%") | tonumber)})'
}

# Prints the bytes of the root disk that are in no partition. A root file system that is on no
# partition, such as a container's, has none.
unused_bytes() {
  local disk
  disk=$(lsblk --noheadings --nodeps --output PKNAME "$(findmnt --noheadings --output SOURCE /)" 2>/dev/null) || disk=
  if [[ $disk == "" ]]; then
    echo 0
    return
  fi
  lsblk --noheadings --bytes --output SIZE,TYPE "/dev/$disk" |
    awk '$2 == "disk" { size = $1 } $2 == "part" { used += $1 } END { printf "%.0f\n", size - used }'
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
