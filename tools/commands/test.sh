#!/usr/bin/env bash
# ./run test [LAYER [ARGUMENT]... | --changed [BASE] | --update-golden]: runs layers of tests, each
# an npm script. Without a layer it runs all, the quick ones first, and stops after a failure.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/actionlint.sh
source "$checkout/tools/actionlint.sh"
# shellcheck source=tools/groovy.sh
source "$checkout/tools/groovy.sh"
# shellcheck source=tools/test-lanes.sh
source "$checkout/tools/test-lanes.sh"
# shellcheck source=tools/foreign-clients.sh
source "$checkout/tools/foreign-clients.sh"

declare -A script=(
  [format]=check:format [lint]=check:lint [types]=check:types [shell]=check:shell
  [unit]=test:unit [program]=test:program [review]=test:review [engine]=test:engine [services]=test:services [e2e]=test:e2e
)
all=(format lint types shell unit program review engine services e2e)

# Renders the files of test/golden again, after a change that is meant to change them.
if [[ ${1:-} == --update-golden ]]; then
  export UPDATE_GOLDEN=1
  set -- review test/review/golden.test.ts
fi

layers=("${all[@]}")
declare -A arguments=()
if [[ ${1:-} == --changed ]]; then
  prepare_packages
  have git || install_packages "to see what is changed" git
  selection="$("$checkout/node_modules/.bin/node" "$checkout/tools/changed/main.ts" "${2:-}")" || exit 2
  layers=()
  while read -r layer files; do
    layers+=("$layer")
    arguments[$layer]="${files// /$'\n'}"
  done < <(printf '%s' "${selection:+$selection$'\n'}")
  ((${#layers[@]})) || { say "Nothing is changed"; exit; }
elif (($#)); then
  if [[ -z ${script[$1]:-} ]]; then
    printf 'error: there is no layer %s; there are: %s\n' "$1" "${all[*]}" >&2
    exit 2
  fi
  layers=("$1")
  arguments[$1]="$(printf '%s\n' "${@:2}")"
fi

prepare_packages
# Only these layers need root.
case " ${layers[*]} " in *" engine "* | *" services "* | *" e2e "*) become_root test "$@" ;; esac
prepare_layer() {
  case "$1" in
    shell)
      have shellcheck || install_packages "to check the shell scripts" shellcheck
      ensure_actionlint
      ;;
    unit) have ssh || install_packages "to read the configurations that tests write for it" openssh-client ;;
    review)
      prepare_pulumi
      have git || install_packages "to copy the program for tests" git
      ;;
    engine)
      prepare_machine
      [[ -x /usr/sbin/sshd ]] || install_without_starting "the other end of remote commands in tests" openssh-server
      ;;
    services)
      prepare_machine
      have chromium || have google-chrome || install_packages "to test the live page in a browser" chromium fonts-dejavu-core
      have javac || install_packages "to test the services with Kafka's own Java client" default-jdk-headless
      ensure_groovy
      ensure_foreign_clients
      ;;
    e2e)
      prepare_machine
      require_memory
      have git || install_packages "to copy the program for tests" git
      ;;
  esac
}

# run_layer LAYER: runs a prepared layer with its arguments.
run_layer() {
  # Builds the generator's image now, which may take minutes, while other layers run.
  if [[ $1 == e2e ]]; then prepare_generator || return 1; fi
  local given=()
  mapfile -t given < <(printf '%s' "${arguments[$1]:-}")
  # Both stories of e2e have an environment. With less memory they run one after the other.
  if [[ $1 == e2e ]] && (($(available_mib) < 2 * memory_needed_mib)); then given=(--test-concurrency=1 "${given[@]}"); fi
  npm run --silent "${script[$1]}" -- "${given[@]}" </dev/null
}

# run_phase "LAYER..." ["LAYER..."]...: runs the requested layers of each list one after another,
# and the lists side by side.
run_phase() {
  local list layer lane lanes=()
  for list in "$@"; do
    lane=""
    for layer in $list; do
      if [[ " ${layers[*]} " == *" $layer "* ]]; then
        prepare_layer "$layer"
        lane+="$layer "
      fi
    done
    [[ -z $lane ]] || lanes+=("${lane% }")
  done
  ((${#lanes[@]} == 0)) || side_by_side "${lanes[@]}"
}

run_layers() {
  # A single layer shows its output while it runs.
  if ((${#layers[@]} == 1)); then
    prepare_layer "${layers[0]}"
    record "${layers[0]}" run_layer "${layers[0]}"
    return
  fi
  run_phase "lint program" "format types shell unit" || return 1
  # The load tests of services and e2e need the whole processor.
  run_phase "services" || return 1
  run_phase "review" "engine" || return 1
  run_phase "e2e"
}

start=$SECONDS
begin_lanes
if ! run_layers; then
  show_failures "${layers[@]}"
  printf 'FAILED: layer %s (passed before it: %s)\n' \
    "$(seconds_of failed "${layers[@]}")" "$(seconds_of passed "${layers[@]}")"
  exit 1
fi
printf 'PASSED: %d of %d layers in %d s (%s)\n' \
  "${#layers[@]}" "${#layers[@]}" $((SECONDS - start)) "$(seconds_of passed "${layers[@]}")"
