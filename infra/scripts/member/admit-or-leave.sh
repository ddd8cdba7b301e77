#!/usr/bin/env bash
# Answers the first manager's key on another manager. To `admit` it prints the token by which a new
# first manager joins this Swarm, or `none` when this host is in no Swarm. To the id of a node it
# leaves the Swarm, as leave.sh does.
# uses: leave-request
# environment: SSH_ORIGINAL_COMMAND

main() {
  if [[ ${SSH_ORIGINAL_COMMAND:-} == admit ]]; then admit; else leave_swarm; fi
}

admit() {
  local state
  state=$(swarm_state)
  if [[ $state == inactive ]]; then
    echo none
    return
  fi
  docker swarm join-token --quiet manager
}

main </dev/null
