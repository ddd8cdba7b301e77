#!/usr/bin/env bash
# Prints what the Swarm has, as JSON: its nodes and services, or why the managers can't agree. Changes nothing. Runs on the manager.

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
