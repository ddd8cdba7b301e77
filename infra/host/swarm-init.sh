#!/usr/bin/env bash
# Makes the manager's host the manager of a Swarm. Prints the Swarm's id. Idempotent.
# Values: PRIVATE_IP, OVERLAY_CIDR.

main() {
  wait_for_boot
  local manages state
  manages=$(docker info --format '{{.Swarm.ControlAvailable}}')
  if [[ $manages != true ]]; then
    state=$(swarm_state)
    if [[ $state != inactive ]]; then
      say "this host is $state in a Swarm that it does not manage: it leaves"
      docker swarm leave --force >&2
    fi
    say "initialising the Swarm at $PRIVATE_IP"
    # Its standard output holds a join token.
    docker swarm init --advertise-addr "$PRIVATE_IP" --data-path-addr "$PRIVATE_IP" --availability drain \
      --default-addr-pool "$OVERLAY_CIDR" --default-addr-pool-mask-length 24 >/dev/null
  fi
  remember "$KEY" "$REPAIR" swarm self
  docker info --format '{{.Swarm.Cluster.ID}}'
}

main </dev/null
