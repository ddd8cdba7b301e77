#!/usr/bin/env bash
# Removes nodes of a host from the Swarm: with `apply` the host's previous nodes, with `remove` its
# current one. Before a node is drained, each service that clients call gets an extra replica on
# another node, so that it always has as many healthy replicas as declared. A run that was
# interrupted continues where it ended.
# uses: membership node-updates applied-state
# values: EXTRA_COPY_LABEL KEY REPAIR HOST_NAME NODE_ID HOST_PUBLIC_KEY
# NODE_ID is the host's current node, or `self` for the manager's own, which `remove` leaves alone.

# The label of a service while it has an extra replica. One change sets the label and starts the
# replica, and another change removes both, so that the next run can detect an interrupted one. A
# deployment of the stack removes both too.
readonly EXTRA_LABEL=gifticon-event.extra-copy

main() {
  local id=$NODE_ID nodes node
  case $1 in
    apply)
      if [[ $id == self ]]; then id=$(docker info --format '{{.Swarm.NodeID}}'); fi
      nodes=$(previous_nodes "$id" | jq -r '.[]')
      for node in $nodes; do retire "$node"; done
      record_applied "$KEY" "$REPAIR" earlier "$id"
      ;;
    remove)
      delete_records "$KEY"
      if [[ $NODE_ID != self ]]; then retire "$NODE_ID"; fi
      ;;
  esac
}

# retire NODE: moves a node's tasks to other nodes, asks its host to leave the Swarm, and removes
# the node. A lock lets only one node be retired at a time, so that the other nodes can serve. Each
# step also works when the host is gone.
retire() {
  local -r node=$1
  exec 9>"$STATE_DIR/retire.lock"
  if ! flock --nonblock 9; then
    say "Waiting until another node is retired."
    flock 9
  fi
  trap remove_extra_replicas EXIT
  if docker node inspect "$node" >/dev/null 2>&1; then
    move_tasks "$node"
    take_out "$node"
  else
    say "Node $node was removed before."
  fi
  trap - EXIT
  exec 9>&-
}

# move_tasks NODE: drains a node. Swarm stops the tasks of a drained node before it starts new ones
# elsewhere. So a service that clients call gets an extra replica first, and loses it again once the
# node's own replica stops: Swarm then removes the replica that does not run yet.
move_tasks() {
  local -r node=$1
  local services extras
  services=$(tasks_on "$node" | jq -c 'map(.ServiceID) | unique')
  if node_is "$node" ready; then
    update_node --availability pause "$node"
    extras=$(docker_api GET /services | jq -c --argjson on "$services" --arg seconds "$EXTRA_COPY_LABEL" --arg extra "$EXTRA_LABEL" '
      map(select((.ID | IN($on[])) and .Spec.Mode.Replicated and .Spec.Labels[$seconds])
        | {id: .ID, seconds: (.Spec.Labels[$seconds] | tonumber), declared: (.Spec.Mode.Replicated.Replicas - (if .Spec.Labels[$extra] then 1 else 0 end))})')
    if [[ $extras != "[]" ]]; then start_elsewhere "$node" "$extras"; fi
  fi
  say "Draining node $node of $HOST_NAME."
  update_node --availability drain "$node"
  wait_until 60 "the Swarm to stop the tasks of node $node" stopping "$node" || true
  remove_extra_replicas
  wait_until 120 "the tasks of node $node to run elsewhere" moved "$node" "$services" || true
}

# tasks_on NODE: prints the tasks that the node should run, as JSON.
tasks_on() { docker_api GET /tasks | jq -c --arg node "$1" 'map(select(.NodeID == $node and .DesiredState == "running"))'; }

stopping() { [[ $(tasks_on "$1") == "[]" ]]; }

# start_elsewhere NODE SERVICES: gives each of the services an extra replica, and waits until they
# are healthy and the load balancer uses them. SERVICES is JSON: [{id, seconds, declared}].
start_elsewhere() {
  local -r node=$1 services=$2
  local ids id
  say "Starting extra replicas of the services that clients call on node $node of $HOST_NAME."
  ids=$(jq -r '.[].id' <<<"$services")
  for id in $ids; do
    # shellcheck disable=SC2016 # jq's variable
    wait_until 30 "the Swarm to accept an extra replica of service $id" change_service "$id" \
      'if .Labels[$extra] then . else .Labels[$extra] = "true" | .Mode.Replicated.Replicas += 1 end' || exit 1
  done
  wait_until 120 "the extra replicas to be healthy" covered "$node" "$services" ||
    fail "Node $node of $HOST_NAME keeps its tasks, because no extra replica became healthy." \
      "Run docker service ps --no-trunc on the manager to see why, and pulumi up again."
  sleep "$(jq 'map(.seconds) | max' <<<"$services")"
}

# covered NODE SERVICES: succeeds when each service has its declared number of replicas on other
# nodes, or when no other node can run one.
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

# Removes the extra replicas of all services.
remove_extra_replicas() {
  local ids id
  ids=$(docker_api GET /services | jq -r --arg extra "$EXTRA_LABEL" '.[] | select(.Spec.Labels[$extra]) | .ID')
  for id in $ids; do
    # shellcheck disable=SC2016 # jq's variable
    wait_until 30 "the Swarm to remove the extra replica of service $id" change_service "$id" \
      'if .Labels[$extra] then del(.Labels[$extra]) | .Mode.Replicated.Replicas -= 1 else . end'
  done
}

# change_service ID CHANGE: changes a service's specification by a jq filter. Fails when something
# else changed the service at the same time.
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

# moved NODE SERVICES: succeeds when the node runs no task, as far as it can report, and each
# service that ran there has all replicas elsewhere, or no other node can run one.
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

# take_out NODE: asks the node's host to leave the Swarm, and removes the node.
take_out() {
  local -r node=$1
  local address
  address=$(docker node inspect --format '{{.Status.Addr}}' "$node")
  demote "$node"
  if node_is "$node" ready; then
    # A manager that was demoted learns that a moment later, and refuses to leave until then.
    wait_until 30 "host $address to leave" ask_host "$address" "$HOST_PUBLIC_KEY" "$node" >&2 ||
      say "Host $address did not leave by itself. Its node is removed all the same."
  fi
  # Without --force, the command fails until the manager misses the node's heartbeats after 15 s.
  docker node rm --force "$node" >/dev/null
  say "Node $node of $HOST_NAME is removed."
}

# demote NODE: makes a manager a worker before it is removed. Swarm refuses this when the remaining
# managers would have no quorum.
demote() {
  local -r node=$1
  if ! manages "$node"; then return; fi
  say "Demoting node $node of $HOST_NAME to a worker."
  update_node --role worker "$node"
  wait_until 60 "node $node to be a worker" no_manager "$node" || exit 1
}

manages() { [[ $(docker node inspect --format '{{if .ManagerStatus}}manager{{end}}' "$1") == manager ]]; }

no_manager() { ! manages "$1"; }

main "$@" </dev/null
