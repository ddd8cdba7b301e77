#!/usr/bin/env bash
# Functions that find the broker's container, and compare its topics with the declared ones.
# values: SERVICE_LABEL TOPICS[] BROKER_SERVICE BROKER_ADDRESS
# TOPICS holds the arguments of declare-topics. BROKER_SERVICE is the broker's name in the Swarm.
# BROKER_ADDRESS is the address at which its own container reaches the broker.

# Prints the differences, as a JSON list of the lines of `declare-topics --check`. Prints null on a
# host without the broker, and when no topics are declared. Fails when the broker does not answer.
topic_differences() {
  local broker
  broker=$(broker_containers) || return 1
  if [[ $broker == "" || ${#TOPICS[@]} == 0 ]]; then
    echo null
    return
  fi
  json_lines docker exec --env "BOOTSTRAP_SERVERS=$BROKER_ADDRESS" "$broker" declare-topics --check "${TOPICS[@]}"
}

# Prints the ids of the broker's running containers on this host, one a line.
broker_containers() { docker ps --quiet --filter "label=$SERVICE_LABEL=$BROKER_SERVICE"; }

# json_lines COMMAND...: prints the lines of the command's output, as a JSON list. Fails when the
# command fails or takes more than 25 s.
json_lines() {
  local lines
  lines=$(timeout 25 "$@" 2>/dev/null) || return 1
  jq -Rnc '[inputs | select(. != "")]' <<<"$lines"
}
