#!/usr/bin/env bash
# Prints the Swarm's nodes and services as JSON, or the error when its managers have no quorum.
# Runs on the manager and changes nothing.

main() {
  local error
  error=$(docker_api GET /info | jq -r '.Swarm.Error')
  if [[ $error != "" ]]; then
    jq -cn --arg error "$error" '{$error}'
    return
  fi
  jq -cn --slurpfile nodes <(docker_api GET /nodes) --slurpfile services <(docker_api GET "/services?status=true") \
    '{nodes: $nodes[0], services: $services[0]}'
}

main </dev/null
