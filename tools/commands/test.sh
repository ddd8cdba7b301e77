#!/usr/bin/env bash
# ./run test [LAYER [ARGUMENT]... | --update-golden]: the layers of tests, each an npm script, cheapest first; stops at the first that fails.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/actionlint.sh
source "$checkout/tools/actionlint.sh"
# shellcheck source=tools/groovy.sh
source "$checkout/tools/groovy.sh"

declare -A script=(
  [format]=check:format [lint]=check:lint [types]=check:types [shell]=check:shell
  [unit]=test:unit [program]=test:program [review]=test:review [engine]=test:engine [services]=test:services [e2e]=test:e2e
)
all=(format lint types shell unit program review engine services e2e)

# The previewed resources and texts of test/golden are written anew, for a change that means to change them.
if [[ ${1:-} == --update-golden ]]; then
  export UPDATE_GOLDEN=1
  set -- review test/review/golden.test.ts
fi

layers=("${all[@]}")
if (($#)); then
  if [[ -z ${script[$1]:-} ]]; then
    printf 'error: there is no layer %s; there are: %s\n' "$1" "${all[*]}" >&2
    exit 2
  fi
  layers=("$1")
fi

prepare_packages
# Only these touch the machine.
case " ${layers[*]} " in *" engine "* | *" services "* | *" e2e "*) become_root test "$@" ;; esac
(($# == 0)) || shift

# Building the load generator's image takes minutes, of which the layers before it leave much of the machine idle: they wait for containers.
start_generator() {
  generator_log="$(mktemp)"
  prepare_generator >"$generator_log" 2>&1 &
  generator=$!
}

await_generator() {
  if [[ -z ${generator:-} ]]; then
    prepare_generator
    return
  fi
  local status=0
  wait "$generator" || status=$?
  cat -- "$generator_log" >&2
  rm -f -- "$generator_log"
  return "$status"
}

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
      have javac || install_packages "to try the services with Kafka's own Java client" default-jdk-headless
      ensure_groovy
      ;;
    e2e)
      prepare_machine
      require_memory
      await_generator
      have git || install_packages "to copy the program for tests" git
      ;;
  esac
}

start=$SECONDS
passed=()
for layer in "${layers[@]}"; do
  say "test $layer"
  prepare_layer "$layer"
  if [[ $layer == engine && " ${layers[*]} " == *" e2e "* ]]; then start_generator; fi
  layer_start=$SECONDS
  if ! npm run --silent "${script[$layer]}" -- "$@" </dev/null; then
    [[ -z ${generator:-} ]] || wait "$generator" || true
    printf 'FAILED: layer %s after %d s (passed before it: %s)\n' "$layer" $((SECONDS - layer_start)) "${passed[*]:-none}"
    exit 1
  fi
  passed+=("$layer $((SECONDS - layer_start)) s")
done
(IFS=,; printf 'PASSED: %d of %d layers in %d s (%s)\n' "${#passed[@]}" "${#layers[@]}" $((SECONDS - start)) "${passed[*]}")
