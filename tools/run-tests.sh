#!/usr/bin/env bash
# run-tests.sh LAYER [ARGUMENT]...: Node's test runner over the test files of a layer. A file or a
# folder narrows them down to those there; any other argument goes to the runner (e.g.
# --test-name-pattern=drain, --test-update-snapshots).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

layer="$1"
shift
options=() paths=()
for argument in "$@"; do
  if [[ $argument == -* ]]; then
    options+=("$argument")
  elif [[ -e $argument ]]; then
    paths+=("${argument%/}")
  else
    printf 'error: there is no test file or folder %s\n' "$argument" >&2
    exit 2
  fi
done

# find_tests FOLDER... -- CONDITION...: the test files there, outside what is installed or
# generated.
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
  # Unit tests stand beside their code, wherever that is; those that need the Pulumi CLI are named
  # *.engine.test.ts.
  unit) mapfile -t all < <(find_tests . -- ! -name '*.engine.test.ts') ;;
  engine) mapfile -t all < <(find_tests ./test/engine --; find_tests . -- -name '*.engine.test.ts') ;;
  *) mapfile -t all < <(find_tests "./test/$layer" --) ;;
esac

files=()
for file in "${all[@]}"; do
  if ((${#paths[@]} == 0)); then files+=("$file"); fi
  for path in "${paths[@]}"; do
    if [[ $file == "./${path#./}" || $file == "./${path#./}/"* ]]; then files+=("$file"); fi
  done
done
if ((${#files[@]} == 0)); then
  printf 'error: layer %s has no tests%s\n' "$layer" "${paths[*]:+ in ${paths[*]}}" >&2
  exit 1
fi

# Files that run at a time. Each waits much (for the engine, for containers), and has what it uses
# to itself: an account of the local cloud, or a broker and a database.
case "$layer" in
  engine | services) files_at_once=3 ;;
  *) files_at_once=2 ;;
esac
options+=("--test-concurrency=$files_at_once")

causes="$(mktemp)"
trap 'rm -f -- "$causes"' EXIT
options+=(--test-reporter=spec --test-reporter-destination=stdout)
options+=("--test-reporter=./tools/test-causes.ts" "--test-reporter-destination=$causes")
result=0
node --test "${options[@]}" "${files[@]}" || result=$?
cat -- "$causes"
exit "$result"
