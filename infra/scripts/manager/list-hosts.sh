#!/usr/bin/env bash
# Prints the hosts of the recorded nodes and the declared topics, as JSON: {hosts: [{node, address,
# hostKey}], topics}. Runs on the manager and changes nothing.
# uses: applied-state
# values: TOPICS_SERVICE
# TOPICS_SERVICE is the name in the Swarm of the job that declares the topics.

main() {
  jq -cn --argjson hosts "$(hosts)" --argjson topics "$(topics)" '{$hosts, $topics}'
}

hosts() {
  local file name key
  for file in "$HOST_KEY_DIR"/*; do
    if [[ ! -e $file || ! -e $RECORD_DIR/${file##*/} ]]; then continue; fi
    read -r _ _ name _ <"$RECORD_DIR/${file##*/}"
    key=$(<"$file")
    jq -cn --arg node "${name%/*}" --arg address "${name#*/}" --arg hostKey "$key" '{$node, $address, $hostKey}'
  done | jq -cs .
}

# Prints an empty list in mode direct, which has no such job.
topics() {
  docker_api GET "/services/$TOPICS_SERVICE" | jq -c '.Spec.TaskTemplate.ContainerSpec.Args // [] | .[1:]'
}

main </dev/null
