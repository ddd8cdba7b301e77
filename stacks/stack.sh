#!/usr/bin/env bash
# Deploys a stack and waits until it is healthy; remove takes it down with all it had. Runs on the manager. Idempotent.
# Values: STACK, COMPOSE (the Compose file), FILES (names of the configs and secrets it uses), TIMEOUT_SECONDS.
# uses: put
# values: KEY REPAIR STACK COMPOSE FILES[] TIMEOUT_SECONDS

# A service whose tasks of this deployment failed so often will not come up.
readonly FAILURES=4
readonly LABEL=com.docker.stack.namespace

main() {
  case $1 in
    apply) deploy ;;
    remove) remove ;;
  esac
}

deploy() {
  local began
  began=$(date --utc +%Y-%m-%dT%H:%M:%S.%N)
  docker stack deploy --prune --detach=true --resolve-image never --compose-file - "$STACK" <<<"$COMPOSE" >&2
  local -r deadline=$((SECONDS + TIMEOUT_SECONDS))
  local services last=""
  while true; do
    services=$(judge "$began")
    if jq -e 'all(.state == "healthy")' >/dev/null <<<"$services"; then break; fi
    if jq -e 'any(.state == "failed") and all(.state != "rolling back")' >/dev/null <<<"$services"; then
      give_up "$services" "does not start"
    fi
    if ((SECONDS >= deadline)); then give_up "$services" "is not healthy after $TIMEOUT_SECONDS s"; fi
    local now
    now=$(jq -r 'map(select(.state != "healthy") | "\(.name) \(.state) (\(.running)/\(.wanted))") | join(", ")' <<<"$services")
    if [[ $now != "$last" ]]; then say "waiting: $now"; fi
    last=$now
    sleep 1
  done
  say "stack $STACK is healthy"
  remember "$KEY" "$REPAIR" stack "$STACK"
  remove_files "${FILES[@]}"
}

# Judges each service of the stack: [{id, name, state, running, wanted}]. A task counts when it runs what the service asks for now; where a task
# may run is left out, as Swarm keeps a task when only that changed.
judge() {
  local filter
  filter=$(of_stack "$STACK")
  jq -s --arg began "$1" --argjson failures "$FAILURES" '
    def asked: {ContainerSpec, Resources, Networks, ForceUpdate};
    .[1] as $tasks
    | .[0]
    | map(
        . as $service
        | [$tasks[] | select(.ServiceID == $service.ID)] as $mine
        | ($service.UpdateStatus.State // "") as $update
        | ([$mine[] | select(.CreatedAt > $began and (.Status.State | IN("failed", "rejected")))] | length) as $failed
        | (if .Spec.Mode.ReplicatedJob then
             {running: .ServiceStatus.CompletedTasks, wanted: .Spec.Mode.ReplicatedJob.TotalCompletions}
           else
             {
               running: ([$mine[] | select(.DesiredState == "running" and .Status.State == "running"
                          and (.Spec | asked) == ($service.Spec.TaskTemplate | asked))] | length),
               wanted: .Spec.Mode.Replicated.Replicas
             }
           end) as $count
        | {id: .ID, name: .Spec.Name} + $count
          + {state: (
              if $update == "rollback_started" then "rolling back"
              elif ($update | IN("paused", "rollback_paused", "rollback_completed")) or $failed >= $failures then "failed"
              elif $update == "updating" then "updating"
              elif $count.running == $count.wanted then "healthy"
              else "starting" end)}
      )
  ' <(docker_api GET "/services?status=true&$filter") <(docker_api GET "/tasks?$filter")
}

# give_up SERVICES WHAT: tells why, in the words of the services, and puts back what ran before.
give_up() {
  local -r services=$1 what=$2
  local id name task
  while read -r id name; do
    say "service $name $what. Its tasks:"
    docker service ps --no-trunc --format '  {{.Name}} on {{.Node}}: {{.CurrentState}} {{.Error}}' "$id" 2>&1 | head -n 8 >&2 || true
    say "its last lines:"
    task=$(last_failed "$id" || true)
    timeout 30 docker service logs --raw --tail 20 "${task:-$id}" 2>&1 | tail -n 20 | sed 's/^/  /' >&2 || true
  done < <(jq -r '.[] | select(.state != "healthy") | "\(.id) \(.name)"' <<<"$services")
  # A service that Swarm hasn't taken back by itself: the one that never became healthy, or one that changed beside it.
  while read -r id name; do
    say "taking $name back to what ran before"
    docker service update --rollback --detach=true "$id" >/dev/null || true
  done < <(docker_api GET "/services?$(of_stack "$STACK")" |
    jq -r '.[] | select(.Spec.Mode.Replicated and .PreviousSpec and (.UpdateStatus.State // "" | startswith("rollback") | not) and .PreviousSpec.TaskTemplate != .Spec.TaskTemplate) | "\(.ID) \(.Spec.Name)"')
  wait_until 120 "the previous version to be back" rolled_back || true
  fail "stack $STACK was not deployed; what ran before, if anything, still serves. Correct the cause above and run pulumi up again."
}

# last_failed SERVICE: the task that failed last. What the service's other tasks say, those of the version before among them, would hide its words.
last_failed() {
  local filters
  filters=$(jq -rn --arg service "$1" '{service: [$service]} | @json | @uri')
  docker_api GET "/tasks?filters=$filters" |
    jq -r 'map(select(.Status.State | IN("failed", "rejected"))) | max_by(.CreatedAt).ID // empty'
}

rolled_back() { judge "" | jq -e 'all(.state != "rolling back" and .state != "updating")' >/dev/null; }

remove() {
  forget "$KEY"
  docker stack rm "$STACK" >&2
  wait_until 120 "the tasks of $STACK to end" no_tasks || fail "tasks of $STACK still run; docker stack ps $STACK on the manager tells which"
  wait_until 60 "the networks of $STACK to go" no_networks || fail "networks of $STACK are still in use; docker network inspect on the manager tells by what"
  remove_files
}

# Tasks on a host that is gone never report their end.
no_tasks() {
  jq -se --arg stack "$STACK" '
    [.[1][] | select(.Status.State == "ready") | .ID] as $nodes
    | all(.[0][] | select(.Spec.ContainerSpec.Labels["com.docker.stack.namespace"] == $stack) | select(.NodeID | IN($nodes[]));
        .Status.State | IN("running", "starting", "preparing", "ready") | not)
  ' <(docker_api GET /tasks) <(docker_api GET /nodes) >/dev/null
}

no_networks() {
  local networks
  networks=$(docker network ls --quiet --filter "label=$LABEL=$STACK") && [[ $networks == "" ]]
}

# remove_files KEPT...: configs and secrets of earlier versions of the stack.
remove_files() {
  local kind names name
  for kind in config secret; do
    names=$(docker "$kind" ls --format '{{.Name}}' --filter "label=gifticon-event.stack=$STACK")
    for name in $names; do
      if [[ " $* " != *" $name "* ]]; then docker "$kind" rm "$name" >/dev/null || say "kept: $kind $name"; fi
    done
  done
}

main "$@" </dev/null
