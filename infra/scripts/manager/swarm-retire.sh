#!/usr/bin/env bash
# Takes nodes out of the Swarm, from the manager. apply: those that a host was before; remove: the one that it is. A service that clients are sent to has as many copies
# that serve as it is declared with all the while. Idempotent; goes on where an interrupted run ended.
# Values: HOST_NAME, NODE_ID (`self` is the manager's own, which stays), HOST_PUBLIC_KEY.
# uses: members nodes put
# values: KEY REPAIR HOST_NAME NODE_ID HOST_PUBLIC_KEY

# Of a service that clients are sent to: the seconds until the load balancer counts on a new copy that is healthy.
readonly SECONDS_LABEL=gifticon-event.extra-copy-seconds
# Of such a service, while it has one copy more than it is declared with. It comes and goes with the copy, in one change, so that an interrupted run is
# known by it; and a deployment of the stack takes both away.
readonly EXTRA_LABEL=gifticon-event.extra-copy

main() {
  local id=$NODE_ID nodes node
  case $1 in
    apply)
      if [[ $id == self ]]; then id=$(docker info --format '{{.Swarm.NodeID}}'); fi
      nodes=$(earlier_nodes "$id" | jq -r '.[]')
      for node in $nodes; do retire "$node"; done
      remember "$KEY" "$REPAIR" earlier "$id"
      ;;
    remove)
      forget "$KEY"
      if [[ $NODE_ID != self ]]; then retire "$NODE_ID"; fi
      ;;
  esac
}

# retire NODE: one after the other, however many hosts go or are replaced at once, so that what runs on the rest can serve. Has its tasks run elsewhere, lets the host leave,
# and removes it. Each step goes on when the host is gone.
retire() {
  local -r node=$1
  exec 9>"$STATE_DIR/retire.lock"
  if ! flock --nonblock 9; then
    say "waiting until another node has moved its tasks"
    flock 9
  fi
  trap take_extra_copies_back EXIT
  if docker node inspect "$node" >/dev/null 2>&1; then
    move_tasks "$node"
    take_out "$node"
  else
    say "node $node is gone already"
  fi
  trap - EXIT
  exec 9>&-
}

# Swarm stops the tasks of a drained node before it starts others in their place. So a service that clients are sent to gets a copy more before, and gives it back once the
# node's own is on its way out: Swarm then takes away the one that doesn't run yet.
move_tasks() {
  local -r node=$1
  local services extras
  services=$(tasks_on "$node" | jq -c 'map(.ServiceID) | unique')
  if node_is "$node" ready; then
    update_node --availability pause "$node"
    extras=$(docker_api GET /services | jq -c --argjson on "$services" --arg seconds "$SECONDS_LABEL" --arg extra "$EXTRA_LABEL" '
      map(select((.ID | IN($on[])) and .Spec.Mode.Replicated and .Spec.Labels[$seconds])
        | {id: .ID, seconds: (.Spec.Labels[$seconds] | tonumber), declared: (.Spec.Mode.Replicated.Replicas - (if .Spec.Labels[$extra] then 1 else 0 end))})')
    if [[ $extras != "[]" ]]; then start_elsewhere "$node" "$extras"; fi
  fi
  say "draining node $node of $HOST_NAME"
  update_node --availability drain "$node"
  wait_until 60 "the Swarm to stop the tasks of node $node; going on without" stopping "$node" || true
  take_extra_copies_back
  wait_until 120 "the tasks of node $node to run elsewhere; going on without" moved "$node" "$services" || true
}

# What the node is to run.
tasks_on() { docker_api GET /tasks | jq -c --arg node "$1" 'map(select(.NodeID == $node and .DesiredState == "running"))'; }

stopping() { [[ $(tasks_on "$1") == "[]" ]]; }

# start_elsewhere NODE SERVICES: [{id, seconds, declared}].
start_elsewhere() {
  local -r node=$1 services=$2
  local ids id
  say "starting elsewhere what clients are served by on node $node of $HOST_NAME"
  ids=$(jq -r '.[].id' <<<"$services")
  for id in $ids; do
    # shellcheck disable=SC2016 # jq's variable
    wait_until 30 "another copy of service $id to be declared" change_service "$id" \
      'if .Labels[$extra] then . else .Labels[$extra] = "true" | .Mode.Replicated.Replicas += 1 end' || exit 1
  done
  wait_until 120 "another copy to be healthy" covered "$node" "$services" ||
    fail "node $node of $HOST_NAME keeps what it runs: no copy elsewhere became healthy; docker service ps on the manager tells why"
  sleep "$(jq 'map(.seconds) | max' <<<"$services")"
}

# Each of the services has as many copies as declared without the node's, or no place for another.
covered() {
  local -r node=$1 services=$2
  docker_api GET /tasks | jq -e --arg node "$node" --argjson services "$services" '
    . as $tasks
    | all($services[];
        . as {$id, $declared}
        | [$tasks[] | select(.ServiceID == $id and .NodeID != $node and .DesiredState == "running")]
        | (map(select(.Status.State == "running")) | length) >= $declared
          or any(.[]; (.Status.Err // "") | startswith("no suitable node")))
  ' >/dev/null
}

take_extra_copies_back() {
  local ids id
  ids=$(docker_api GET /services | jq -r --arg extra "$EXTRA_LABEL" '.[] | select(.Spec.Labels[$extra]) | .ID')
  for id in $ids; do
    # shellcheck disable=SC2016 # jq's variable
    wait_until 30 "the extra copy of service $id to be taken back" change_service "$id" \
      'if .Labels[$extra] then del(.Labels[$extra]) | .Mode.Replicated.Replicas -= 1 else . end'
  done
}

# change_service ID CHANGE: fails when another change came in between.
change_service() {
  local -r id=$1 change=$2
  local service answer
  service=$(docker_api GET "/services/$id")
  answer=$(
    jq --arg extra "$EXTRA_LABEL" ".Spec | $change" <<<"$service" |
      docker_api POST "/services/$id/update?version=$(jq .Version.Index <<<"$service")" --header 'Content-Type: application/json' --data-binary @-
  )
  jq -e 'has("message") | not' <<<"$answer" >/dev/null
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

take_out() {
  local -r node=$1
  local address
  address=$(docker node inspect --format '{{.Status.Addr}}' "$node")
  demote "$node"
  if node_is "$node" ready; then
    # A host that was a manager learns a moment later that it is none, and doesn't leave before.
    wait_until 30 "host $address to leave" ask_host "$address" "$HOST_PUBLIC_KEY" "$node" >&2 || say "host $address does not leave by itself; removing its node"
  fi
  # The manager notices by missing heartbeats that a node has left, which takes it 15 s; by force it needn't.
  docker node rm --force "$node" >/dev/null
  say "node $node of $HOST_NAME is removed"
}

# No manager goes before the others have taken leave of it; Swarm refuses when they couldn't agree without it.
demote() {
  local -r node=$1
  if ! manages "$node"; then return; fi
  say "demoting node $node of $HOST_NAME"
  update_node --role worker "$node"
  wait_until 60 "node $node to be no manager" no_manager "$node" || exit 1
}

manages() { [[ $(docker node inspect --format '{{if .ManagerStatus}}manager{{end}}' "$1") == manager ]]; }

no_manager() { ! manages "$1"; }

main "$@" </dev/null
