#!/usr/bin/env bash
# Functions that compare the broker's topics with the declared ones.
# values: SERVICE_LABEL TOPICS[] BROKER_SERVICE BROKER_ADDRESS
# TOPICS holds the arguments of declare-topics. BROKER_SERVICE is the broker's name in the Swarm.
# BROKER_ADDRESS is the address at which its own container reaches the broker.

# Prints the differences, as a JSON list of the lines of `declare-topics --check`. Prints null on a
# host without the broker, and when no topics are declared. Fails when the broker does not answer.
topic_differences() {
  local broker lines
  broker=$(docker ps --quiet --filter "label=$SERVICE_LABEL=$BROKER_SERVICE") || return 1
  if [[ $broker == "" || ${#TOPICS[@]} == 0 ]]; then
    echo null
    return
  fi
  lines=$(timeout 25 docker exec --env "BOOTSTRAP_SERVERS=$BROKER_ADDRESS" "$broker" \
    declare-topics --check "${TOPICS[@]}" 2>/dev/null) || return 1
  jq -Rnc '[inputs | select(. != "")]' <<<"$lines"
}
