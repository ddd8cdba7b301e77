#!/usr/bin/env bash
# What the program puts into the Swarm is remembered on the manager, so that a change by hand is seen: of each thing the repair that put it there last
# (`none` until there was one), its kind and name, and a digest of how it was then. look.sh compares.
# values: HOST_LABEL STACK_LABEL

readonly PUT_DIR=$STATE_DIR/put

# The public SSH key of each node's host, by the key that its membership is remembered by.
# shellcheck disable=SC2034 # for the scripts that follow
readonly HOST_KEY_DIR=$STATE_DIR/host-keys

# remember KEY REPAIR KIND NAME: it is now as it should be.
remember() {
  local -r key=$1 repair=$2 kind=$3 name=$4
  local seen
  seen=$(digest_of "$kind" "$name")
  mkdir -p "$PUT_DIR"
  printf '%s %s %s %s\n' "$repair" "$kind" "$name" "$seen" >"$STATE_DIR/put.$key"
  mv "$STATE_DIR/put.$key" "$PUT_DIR/$key"
}

# forget KEY...: it is no longer there on purpose.
forget() {
  local key
  for key in "$@"; do
    if [[ $key != "" ]]; then rm -f "$PUT_DIR/$key"; fi
  done
}

# digest_of KIND NAME: how it is now, or `gone`.
digest_of() {
  local seen
  seen=$(see "$1" "$2") || return 1
  if [[ $seen == "" ]]; then echo gone; else digest "$seen"; fi
}

# see KIND NAME: what of it the program decides; nothing when it isn't there.
see() {
  local -r kind=$1 name=$2
  case $kind in
    swarm) docker_api GET /swarm | jq -r '.ID // empty' ;;
    node) docker_api GET "/nodes/$name" | jq -cS '.Spec // empty' ;;
    # What the host of a node was before.
    earlier) earlier_nodes "$name" ;;
    # A node as ID/ADDRESS. Its state is unknown for a while after its manager has started again.
    member) docker_api GET "/nodes/${name%/*}" | jq -r '.Status.State // empty | if . == "unknown" then "ready" else . end' ;;
    token) docker_api GET /swarm | jq -r --arg role "$name" '.JoinTokens[$role] // empty' ;;
    # The host of a node tells of its images itself (look-host.sh).
    images) echo there ;;
    # Restarts by force count one up, and the order of variables means nothing.
    stack)
      docker_api GET "/services?$(of_stack "$name")" | jq -cS '
        map(.Spec | del(.TaskTemplate.ForceUpdate) | .TaskTemplate.ContainerSpec.Env |= (. // [] | sort))
        | sort_by(.Name) | select(. != [])'
      ;;
    config | secret | network) docker_api GET "/${kind}s/$name" | jq -r 'select(.ID // .Id) | "there"' ;;
  esac
}

# earlier_nodes NODE: what its host was before, as a JSON list: nodes of that name, and those that went down at its address before they had one.
earlier_nodes() {
  docker_api GET /nodes | jq -c --arg id "$1" --arg name "$HOST_LABEL" '
    map(select(.ID == $id))[0] as $node
    | if $node then . else [] end
    | map(select(.ID != $id and (.Spec.Labels[$name] == $node.Spec.Labels[$name] or (.Status.State == "down" and .Status.Addr == $node.Status.Addr))) | .ID)'
}

# What asks the engine's API for things of a stack only.
of_stack() { jq -rn --arg of "$STACK_LABEL=$1" '"filters=" + ({"label": [$of]} | @json | @uri)'; }

digest() { sha256sum <<<"$1" | cut -c 1-12; }
