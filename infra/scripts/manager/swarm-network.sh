#!/usr/bin/env bash
# The overlay network that the stacks share. It belongs to no stack, so that each of them may go.
# Values: NETWORK, ENCRYPTED.
# uses: put
# values: KEY REPAIR NETWORK ENCRYPTED

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
    [[ $found == "$ENCRYPTED" ]] || fail "the network $NETWORK has encryption $found and can't change while it is in use: set swarm.encryptedOverlay back, or run pulumi destroy before pulumi up"
  else
    if [[ $ENCRYPTED == true ]]; then options+=(--opt "encrypted=true"); fi
    docker network create --driver overlay "${options[@]}" "$NETWORK" >&2
  fi
  remember "$KEY" "$REPAIR" network "$NETWORK"
}

# A task that is still shutting down holds the network for a moment.
remove() {
  forget "$KEY"
  if ! docker network inspect "$NETWORK" >/dev/null 2>&1; then return; fi
  wait_until 60 "the network $NETWORK to be free" docker network rm "$NETWORK" >&2
}

main "$@" </dev/null
