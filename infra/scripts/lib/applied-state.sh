#!/usr/bin/env bash
# Functions that record on the manager what the program applied to the Swarm, so that a later change
# by hand is found (drift, see detect-drift.sh). Each record is a file for one object: a node, a
# membership, a stack and so on. The file is named by the object's key. It has the object's last
# repair (`none` before the first), kind, name, and a digest of its state.
# values: HOST_LABEL STACK_LABEL

# The folder of the records. Its name stays `put`, because deployed managers have their records
# there.
readonly RECORD_DIR=$STATE_DIR/put

# The folder with the public SSH keys of the nodes' hosts. A file is named by the key of the record
# of the node's membership.
# shellcheck disable=SC2034 # for the scripts that follow
readonly HOST_KEY_DIR=$STATE_DIR/host-keys

# record_applied KEY REPAIR KIND NAME: records that an object now has its declared state.
record_applied() {
  local -r key=$1 repair=$2 kind=$3 name=$4
  local digest
  digest=$(state_digest "$kind" "$name")
  mkdir -p "$RECORD_DIR"
  printf '%s %s %s %s\n' "$repair" "$kind" "$name" "$digest" >"$STATE_DIR/put.$key"
  mv "$STATE_DIR/put.$key" "$RECORD_DIR/$key"
}

# delete_records KEY...: deletes the records of objects that the program removes. Ignores empty
# keys.
delete_records() {
  local key
  for key in "$@"; do
    if [[ $key != "" ]]; then rm -f "$RECORD_DIR/$key"; fi
  done
}

# state_digest KIND NAME: prints a digest of an object's current state, or `gone`.
state_digest() {
  local state
  state=$(observe "$1" "$2") || return 1
  if [[ $state == "" ]]; then echo gone; else short_digest "$state"; fi
}

# observe KIND NAME: prints the part of an object's state that the program declares, or nothing when
# the object does not exist.
observe() {
  local -r kind=$1 name=$2
  case $kind in
    swarm) docker_api GET /swarm | jq -r '.ID // empty' ;;
    node) docker_api GET "/nodes/$name" | jq -cS '.Spec // empty' ;;
    # The previous nodes of a node's host.
    earlier) previous_nodes "$name" ;;
    # The membership of a node, named ID/ADDRESS. A manager that has just started reports `unknown`.
    member) docker_api GET "/nodes/${name%/*}" | jq -r '.Status.State // empty | if . == "unknown" then "ready" else . end' ;;
    token) docker_api GET /swarm | jq -r --arg role "$name" '.JoinTokens[$role] // empty' ;;
    # The host of a node observes its images itself (observe-host.sh).
    images) echo there ;;
    # A forced update changes only a counter, and the order of variables has no meaning.
    stack)
      docker_api GET "/services?$(stack_filter "$name")" | jq -cS '
        map(.Spec | del(.TaskTemplate.ForceUpdate) | .TaskTemplate.ContainerSpec.Env |= (. // [] | sort))
        | sort_by(.Name) | select(. != [])'
      ;;
    config | secret | network) docker_api GET "/${kind}s/$name" | jq -r 'select(.ID // .Id) | "there"' ;;
  esac
}

# previous_nodes NODE: prints the ids of the previous nodes of a node's host, as JSON: the other
# nodes with the host's label, and nodes that went down at its address before they had a label.
previous_nodes() {
  docker_api GET /nodes | jq -c --arg id "$1" --arg name "$HOST_LABEL" '
    map(select(.ID == $id))[0] as $node
    | if $node then . else [] end
    | map(select(.ID != $id and (.Spec.Labels[$name] == $node.Spec.Labels[$name] or (.Status.State == "down" and .Status.Addr == $node.Status.Addr))) | .ID)'
}

# stack_filter STACK: prints the query by which the engine's API lists only what belongs to a stack.
stack_filter() { jq -rn --arg of "$STACK_LABEL=$1" '"filters=" + ({"label": [$of]} | @json | @uri)'; }

# short_digest TEXT: prints 12 digits of a text's SHA-256.
short_digest() { sha256sum <<<"$1" | cut -c 1-12; }
