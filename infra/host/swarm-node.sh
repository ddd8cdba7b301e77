#!/usr/bin/env bash
# Keeps one node of the Swarm, from the manager. apply: its labels, and that it is the only node of its host; remove: takes it out of the Swarm.
# Values: HOST_NAME, NODE_ID (`self` is the manager's own), HOST_PUBLIC_KEY, LABELS, AVAILABILITY (active, or drain for one without tasks),
# JOIN_KEY and JOIN_REPAIR (what its membership is remembered by; none for the manager).

main() {
  case $1 in
    apply) apply ;;
    remove)
      forget "$KEY" "$JOIN_KEY"
      retire "$NODE_ID"
      ;;
  esac
}

apply() {
  wait_until 60 "node $NODE_ID of $HOST_NAME to be ready" node_is "$NODE_ID" ready || exit 1
  local id present nodes label arguments=(--availability "$AVAILABILITY" --label-add "$HOST_LABEL=$HOST_NAME") declared=" $HOST_LABEL "
  id=$(docker node inspect --format '{{.ID}}' "$NODE_ID")
  present=$(docker node inspect --format '{{range $key, $value := .Spec.Labels}}{{$key}} {{end}}' "$id")
  for label in "${LABELS[@]}"; do
    arguments+=(--label-add "$label")
    declared+="${label%%=*} "
  done
  # A declared label is never taken away, not even for a moment: Swarm stops at once what is placed by it.
  for label in $present; do
    if [[ $declared != *" $label "* ]]; then arguments+=(--label-rm "$label"); fi
  done
  docker node update "${arguments[@]}" "$id" >/dev/null
  nodes=$(earlier_nodes "$id" | jq -r '.[]')
  local old
  for old in $nodes; do retire "$old"; done
  remember "$KEY" "$REPAIR" node "$id"
  if [[ $JOIN_KEY != "" ]]; then
    remember "$JOIN_KEY" "$JOIN_REPAIR" member "$id/$(docker node inspect --format '{{.Status.Addr}}' "$id")"
  fi
}

# retire NODE: one after the other, however many hosts go or are replaced at once, so that what runs on the rest can serve. Drains it, waits until its tasks run elsewhere, lets the host leave, and removes it. Each step goes on when the host is gone.
retire() {
  local -r node=$1
  exec 9>"$STATE_DIR/retire.lock"
  if ! flock --nonblock 9; then
    say "waiting until another node has moved its tasks"
    flock 9
  fi
  if ! docker node inspect "$node" >/dev/null 2>&1; then
    say "node $node is gone already"
    return
  fi
  local address services
  address=$(docker node inspect --format '{{.Status.Addr}}' "$node")
  services=$(docker_api GET /tasks | jq -c --arg node "$node" '[.[] | select(.NodeID == $node and .DesiredState == "running") | .ServiceID] | unique')
  say "draining node $node of $HOST_NAME"
  docker node update --availability drain "$node" >/dev/null
  wait_until 120 "the tasks of node $node to run elsewhere; going on without" moved "$node" "$services" || true
  if node_is "$node" ready; then
    leave "$node" "$address" || say "host $address does not leave by itself; removing its node"
  fi
  # The manager notices by missing heartbeats that a node has left, which takes it 15 s; by force it needn't.
  docker node rm --force "$node" >/dev/null
  say "node $node of $HOST_NAME is removed"
}

# Nothing runs on the node any more (as far as it can tell), and each service that ran there has all its replicas elsewhere or no node to run on.
moved() {
  local -r node=$1 services=$2
  local gone=true
  if node_is "$node" ready; then gone=false; fi
  jq -se --arg node "$node" --argjson services "$services" --argjson gone "$gone" '
    .[0] as $tasks
    | ($gone or all($tasks[]; .NodeID != $node or (.Status.State | IN("running", "starting", "preparing") | not)))
      and all(.[1][] | select(.ID | IN($services[])) | select(.Spec.Mode.Replicated);
        . as $service
        | [$tasks[] | select(.ServiceID == $service.ID and .NodeID != $node and .DesiredState == "running")] as $mine
        | ([$mine[] | select(.Status.State == "running")] | length) >= $service.Spec.Mode.Replicated.Replicas
          or any($mine[]; (.Status.Err // "") | startswith("no suitable node")))
  ' <(docker_api GET /tasks) <(docker_api GET /services) >/dev/null
}

leave() {
  local -r node=$1 address=$2
  local known
  known=$(mktemp) || return 1
  printf '%s %s\n' "$address" "$HOST_PUBLIC_KEY" >"$known"
  local result=0
  ssh -F none -i "$STATE_DIR/leave-key" -o BatchMode=yes -o ConnectTimeout=5 -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile="$known" "root@$address" "$node" >&2 || result=$?
  rm -f "$known"
  return "$result"
}

node_is() { [[ $(docker node inspect --format '{{.Status.State}}' "$1" 2>/dev/null) == "$2" ]]; }

main "$@" </dev/null
