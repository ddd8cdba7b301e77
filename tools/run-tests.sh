#!/usr/bin/env bash
# run-tests.sh LAYER [ARGUMENT]...: Node's test runner over the test files of a layer. An argument that is a file takes their
# place; any other goes to the runner (e.g. --test-name-pattern=drain).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

layer="$1"
shift
options=() files=()
for argument in "$@"; do
  if [[ $argument == -* ]]; then options+=("$argument"); else files+=("$argument"); fi
done

# find_tests FOLDER... -- CONDITION...: the test files there, outside what is installed or generated.
find_tests() {
  local folders=()
  while [[ $1 != -- ]]; do
    [[ ! -d $1 ]] || folders+=("$1")
    shift
  done
  shift
  ((${#folders[@]} == 0)) ||
    find "${folders[@]}" \( -name node_modules -o -path ./.local -o -path ./test \) -prune -o -name '*.test.ts' "$@" -print | sort
}

case "$layer" in
  # Unit tests stand beside their code, wherever that is; those that need the Pulumi CLI are named *.engine.test.ts.
  unit) mapfile -t all < <(find_tests . -- ! -name '*.engine.test.ts') ;;
  engine) mapfile -t all < <(find_tests test/engine --; find_tests . -- -name '*.engine.test.ts') ;;
  *) mapfile -t all < <(find_tests "test/$layer" --) ;;
esac
# The latter two share the machine's engine, so one file at a time.
case "$layer" in engine | e2e) options+=(--test-concurrency=1) ;; esac
((${#files[@]})) || files=("${all[@]}")
if ((${#files[@]} == 0)); then
  printf 'error: there are no tests in layer %s\n' "$layer" >&2
  exit 1
fi
exec node --test "${options[@]}" "${files[@]}"
