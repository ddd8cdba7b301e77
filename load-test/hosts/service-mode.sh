#!/usr/bin/env bash
# Changes the mode of the API without another image, for all tasks at once. The verb `switch`
# sets MODE and a pool of POOL_SIZE connections for each task; `restore` sets what the stack
# declares. A label of the service stores the declared values. A deployment of the stack restores
# them too. Runs on the manager.
# values: SERVICE_NAME MODE POOL_SIZE

readonly OWN=gifticon-event.load-test.own
# A jq function that replaces variables in place. To Swarm, the same variables in another order are
# another specification, for which it restarts every task.
# shellcheck disable=SC2016 # jq's own variables
readonly REPLACED='def replaced($new): ($new | map({(split("=")[0]): .}) | add) as $by | map($by[split("=")[0]] // .);'

main() {
  local service spec wanted
  service=$(docker_api GET "/services/$SERVICE_NAME")
  spec=$(jq .Spec <<<"$service")
  case $1 in
    switch)
      wanted=$(jq --arg own "$OWN" --arg mode "$MODE" --arg pool "$POOL_SIZE" "$REPLACED"'
        .TaskTemplate.ContainerSpec.Env as $env
        | if .Labels[$own] then . else .Labels[$own] = ([$env[] | select(test("^(MODE|DATABASE_POOL_SIZE)="))] | tojson) end
        | .TaskTemplate.ContainerSpec.Env |= replaced(["MODE=\($mode)", "DATABASE_POOL_SIZE=\($pool)"])
      ' <<<"$spec")
      ;;
    restore)
      if ! jq -e --arg own "$OWN" '.Labels[$own]' <<<"$spec" >/dev/null; then return; fi
      wanted=$(jq --arg own "$OWN" "$REPLACED"'
        (.Labels[$own] | fromjson) as $declared
        | .TaskTemplate.ContainerSpec.Env |= replaced($declared)
        | del(.Labels[$own])
      ' <<<"$spec")
      ;;
  esac
  if jq -e --argjson wanted "$wanted" '(.TaskTemplate.ContainerSpec.Env | sort) == ($wanted.TaskTemplate.ContainerSpec.Env | sort)' <<<"$spec" >/dev/null; then return; fi
  # No client is served meanwhile, so all tasks change at once. The declared update settings are
  # put back afterwards.
  update "$(jq '.UpdateConfig = {Parallelism: 0, Order: "stop-first", FailureAction: "pause", Monitor: 1000000000}' <<<"$wanted")"
  wait_until 180 "the tasks of $SERVICE_NAME to run in their new mode" updated || fail "$(docker service ps --no-trunc "$SERVICE_NAME" | head -n 8)"
  update "$(jq --argjson declared "$(jq .UpdateConfig <<<"$spec")" '.UpdateConfig = $declared' <<<"$wanted")"
}

update() {
  local version answer
  version=$(docker_api GET "/services/$SERVICE_NAME" | jq .Version.Index)
  answer=$(docker_api POST "/services/$SERVICE_NAME/update?version=$version" --header 'Content-Type: application/json' --data-binary @- <<<"$1")
  if jq -e .message <<<"$answer" >/dev/null; then fail "$(jq -r .message <<<"$answer")"; fi
}

updated() { docker_api GET "/services/$SERVICE_NAME" | jq -e '.UpdateStatus.State == "completed"' >/dev/null; }

main "$@" </dev/null
