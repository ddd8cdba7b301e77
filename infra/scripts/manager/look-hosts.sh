#!/usr/bin/env bash
# Prints, as JSON, the hosts of the nodes that the program put into the Swarm, and the topics that the
# job of the stack declares: {hosts: [{node, address, hostKey}], topics}. Changes nothing.
# TOPICS_SERVICE: the job's service in the Swarm.
# uses: put
# values: TOPICS_SERVICE

main() {
  jq -cn --argjson hosts "$(hosts)" --argjson topics "$(topics)" '{$hosts, $topics}'
}

hosts() {
  local file name key
  for file in "$HOST_KEY_DIR"/*; do
    if [[ ! -e $file || ! -e $PUT_DIR/${file##*/} ]]; then continue; fi
    read -r _ _ name _ <"$PUT_DIR/${file##*/}"
    key=$(<"$file")
    jq -cn --arg node "${name%/*}" --arg address "${name#*/}" --arg hostKey "$key" '{$node, $address, $hostKey}'
  done | jq -cs .
}

# An empty list in mode direct, which has no such service.
topics() {
  docker_api GET "/services/$TOPICS_SERVICE" | jq -c '.Spec.TaskTemplate.ContainerSpec.Args // [] | .[1:]'
}

main </dev/null
