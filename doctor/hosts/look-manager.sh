#!/usr/bin/env bash
# Prints what the Swarm has, as JSON: its nodes and services. Changes nothing. Runs on the manager.

main() {
  jq -cn --slurpfile nodes <(docker_api GET /nodes) --slurpfile services <(docker_api GET "/services?status=true") \
    '{nodes: $nodes[0], services: $services[0]}'
}

main </dev/null
