#!/usr/bin/env bash
# Deploys a stack and waits until its services are healthy. When one fails, it prints the error and
# the last lines of the task that failed, and rolls back. The verb `remove` removes the stack with
# its networks, configs and secrets.
# uses: applied-state
# values: STACK_LABEL STACK_FILE_LABEL KEY REPAIR STACK COMPOSE FILES[] TIMEOUT_SECONDS
# COMPOSE is the text of the Compose file. FILES holds the names of the configs and secrets in it.

# A service has failed when this number of its tasks failed since the deployment began.
readonly FAILURES=4

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
    services=$(service_states "$began")
    if jq -e 'all(.state == "healthy")' >/dev/null <<<"$services"; then break; fi
    if jq -e 'any(.state == "failed") and all(.state != "rolling back")' >/dev/null <<<"$services"; then
      give_up "$services" "failed to start" "$began"
    fi
    if ((SECONDS >= deadline)); then give_up "$services" "was not healthy after $TIMEOUT_SECONDS s" "$began"; fi
    local now
    now=$(jq -r 'map(select(.state != "healthy") | "\(.name) \(.state) (\(.running)/\(.wanted))") | join(", ")' <<<"$services")
    if [[ $now != "$last" ]]; then say "Waiting for $now."; fi
    last=$now
    sleep 1
  done
  say "Stack $STACK is healthy."
  record_applied "$KEY" "$REPAIR" stack "$STACK"
  remove_files "${FILES[@]}"
}

# service_states BEGAN: prints the state of each service of the stack, as JSON: [{id, name, state,
# running, wanted}]. BEGAN is the time when the deployment began. Only tasks with the service's
# current specification count. Their placement is not compared: Swarm keeps a task when only that
# changed.
service_states() {
  local filter
  filter=$(stack_filter "$STACK")
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

# give_up SERVICES PROBLEM BEGAN: prints what the services that are not healthy say, rolls the stack
# back, and ends the script with an error. BEGAN is the time when the deployment began.
give_up() {
  local -r services=$1 problem=$2 began=$3
  local id name
  while read -r id name; do
    say "Service $name $problem."
    explain "$id" "$began"
  done < <(jq -r '.[] | select(.state != "healthy") | "\(.id) \(.name)"' <<<"$services")
  # Swarm rolls back some services by itself. The others are those that never became healthy, and
  # those that changed in the same deployment.
  while read -r id name; do
    say "Rolling $name back to its previous version."
    docker service update --rollback --detach=true "$id" >/dev/null || true
  done < <(docker_api GET "/services?$(stack_filter "$STACK")" |
    jq -r '.[] | select(.Spec.Mode.Replicated and .PreviousSpec and (.UpdateStatus.State // "" | startswith("rollback") | not) and .PreviousSpec.TaskTemplate != .Spec.TaskTemplate) | "\(.ID) \(.Spec.Name)"')
  wait_until 120 "the rollback to end" rolled_back || true
  fail "Stack $STACK was not deployed. Its previous version, if there was one, still serves." \
    "Correct the cause above, and run pulumi up again."
}

# explain ID BEGAN: prints the error and the last lines of the service's task that failed. The
# tasks of its previous version, and those that a rollback started, would hide them.
explain() {
  local task state error node host
  read -r task state node error < <(failed_task "$1" "$2" || true) || true
  if [[ ${task:-} == "" ]]; then
    say "No task of this version failed. Its tasks:"
    docker service ps --no-trunc --format '  {{.Name}} on {{.Node}}: {{.CurrentState}} {{.Error}}' "$1" 2>&1 | head -n 8 >&2 || true
    return
  fi
  host=$(docker node inspect --format '{{.Description.Hostname}}' "$node" 2>/dev/null || echo "no host")
  say "Its task $task on $host is $state: $error"
  say "The last lines of this task:"
  timeout 30 docker service logs --raw --tail 20 "$task" 2>&1 | tail -n 20 | sed 's/^/  /' >&2 || true
}

# failed_task ID BEGAN: prints the id, state, node and error of the last task of the version that
# was not deployed and does not work, on one line. A task that failed comes before one that only
# did not become healthy. Prints nothing without such a task.
failed_task() {
  local filters
  filters=$(jq -rn --arg service "$1" '{service: [$service]} | @json | @uri')
  jq -rs --arg began "$2" '
    def asked: {ContainerSpec, Resources, Networks, ForceUpdate};
    .[0] as $service
    | ($service.UpdateStatus.State // "" | startswith("rollback")) as $rolled_back
    | .[1]
    | map(select(.CreatedAt > $began and .Status.State != "running"
        and ((.Spec | asked) == ($service.Spec.TaskTemplate | asked)) != $rolled_back))
    | max_by([(.Status.State | IN("failed", "rejected")), .CreatedAt])
    | select(.)
    | "\(.ID) \(.Status.State) \(.NodeID // "-") \(.Status.Err // .Status.Message // "it gives no error")"
  ' <(docker_api GET "/services/$1") <(docker_api GET "/tasks?filters=$filters")
}

rolled_back() { service_states "" | jq -e 'all(.state != "rolling back" and .state != "updating")' >/dev/null; }

remove() {
  delete_records "$KEY"
  docker stack rm "$STACK" >&2
  wait_until 120 "the tasks of $STACK to end" no_tasks ||
    fail "Tasks of $STACK still run. Run docker stack ps $STACK on the manager to see which."
  wait_until 60 "the networks of $STACK to be removed" no_networks ||
    fail "Networks of $STACK are still in use. Run docker network inspect on the manager to see by which containers."
  remove_files
}

# Succeeds when no task of the stack runs. Counts only nodes that are ready: a host that is gone
# never reports the end of its tasks.
no_tasks() {
  jq -se --arg label "$STACK_LABEL" --arg stack "$STACK" '
    [.[1][] | select(.Status.State == "ready") | .ID] as $nodes
    | all(.[0][] | select(.Spec.ContainerSpec.Labels[$label] == $stack) | select(.NodeID | IN($nodes[]));
        .Status.State | IN("running", "starting", "preparing", "ready") | not)
  ' <(docker_api GET /tasks) <(docker_api GET /nodes) >/dev/null
}

no_networks() {
  local networks
  networks=$(docker network ls --quiet --filter "label=$STACK_LABEL=$STACK") && [[ $networks == "" ]]
}

# remove_files KEPT...: removes the stack's configs and secrets, except those named.
remove_files() {
  local kind names name
  for kind in config secret; do
    names=$(docker "$kind" ls --format '{{.Name}}' --filter "label=$STACK_FILE_LABEL=$STACK")
    for name in $names; do
      if [[ " $* " != *" $name "* ]]; then docker "$kind" rm "$name" >/dev/null || say "The $kind $name is still in use, so it stays."; fi
    done
  done
}

main "$@" </dev/null
