#!/usr/bin/env bash
# Creates the overlay network that the stacks share. It belongs to no stack, so that each stack can
# be removed. The verb `remove` removes the network.
# uses: applied-state
# values: KEY REPAIR NETWORK ENCRYPTED
# ENCRYPTED is true or false.

main() {
  case $1 in
    apply) create ;;
    remove) remove ;;
  esac
}

create() {
  local options=()
  if docker network inspect "$NETWORK" >/dev/null 2>&1; then
    local found
    found=$(docker network inspect --format '{{if index .Options "encrypted"}}true{{else}}false{{end}}' "$NETWORK")
    [[ $found == "$ENCRYPTED" ]] || fail "The encryption of the network $NETWORK is $found, and a network in use can't change. Set swarm.encryptedOverlay to $found, or run pulumi destroy before pulumi up."
  else
    if [[ $ENCRYPTED == true ]]; then options+=(--opt "encrypted=true"); fi
    docker network create --driver overlay "${options[@]}" "$NETWORK" >&2
  fi
  record_applied "$KEY" "$REPAIR" network "$NETWORK"
}

# Removes the network. A task that is shutting down may still use it for a moment.
remove() {
  delete_records "$KEY"
  if ! docker network inspect "$NETWORK" >/dev/null 2>&1; then return; fi
  wait_until 60 "the network $NETWORK to be unused" docker network rm "$NETWORK" >&2
}

main "$@" </dev/null
