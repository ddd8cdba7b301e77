#!/usr/bin/env bash
# The topics that are declared: the broker's host tells how the broker's own topics differ from them.
# TOPICS: the declared ones, as declare-topics takes them. BROKER_SERVICE: the broker's service in the
# Swarm. BROKER_ADDRESS: where its own container reaches it.
# values: SERVICE_LABEL TOPICS[] BROKER_SERVICE BROKER_ADDRESS

# Prints the differences as a JSON list of lines (declare-topics --check); null on a host without the
# broker, and when no topics are declared. Fails when the broker doesn't tell.
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
