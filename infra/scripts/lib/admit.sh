#!/usr/bin/env bash
# What a manager beside the first answers to the key of the first, besides leaving: `admit` gives the token that a new first manager joins this Swarm by, or `none` where
# this host is in no Swarm. It stands before leave.sh.

admit() {
  local state
  state=$(swarm_state)
  if [[ $state == inactive ]]; then
    echo none
    return
  fi
  docker swarm join-token --quiet manager
}

if [[ ${SSH_ORIGINAL_COMMAND:-} == admit ]]; then
  admit </dev/null
  exit
fi
