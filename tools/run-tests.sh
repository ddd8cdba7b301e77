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

case "$layer" in
  # Unit tests stand beside their code, wherever that is.
  unit) mapfile -t all < <(find . -name node_modules -prune -o -path ./.local -prune -o -path ./test -prune -o -name '*.test.ts' -print | sort) ;;
  # They share the machine, so one file at a time.
  engine | e2e) options+=(--test-concurrency=1) ;;&
  *) mapfile -t all < <(find "test/$layer" -name '*.test.ts' | sort) ;;
esac
((${#files[@]})) || files=("${all[@]}")
if ((${#files[@]} == 0)); then
  printf 'error: there are no tests in layer %s\n' "$layer" >&2
  exit 1
fi
exec node --test "${options[@]}" "${files[@]}"
