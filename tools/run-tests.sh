#!/usr/bin/env bash
# run-tests.sh LAYER [ARGUMENT]...: runs the test files of a layer. A file or a folder selects the
# tests there. Any other argument goes to Node's test runner (e.g. --test-name-pattern=drain,
# --test-update-snapshots).
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

# find_tests FOLDER... -- CONDITION...: prints the test files there, apart from installed and
# generated ones.
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
  # Unit tests are beside their code. Tests that need the Pulumi CLI are named *.engine.test.ts.
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

# Files that run at a time. Each mostly waits for the engine or containers, and has its own account
# of the local cloud, or its own broker and database.
case "$layer" in
  engine | services) files_at_once=3 ;;
  *) files_at_once=2 ;;
esac
# A caller's number comes later, and so it holds.
options=("--test-concurrency=$files_at_once" "${options[@]}")

causes="$(mktemp)"
trap 'rm -f -- "$causes"' EXIT
options+=(--test-reporter=spec --test-reporter-destination=stdout)
options+=("--test-reporter=./tools/test-causes.ts" "--test-reporter-destination=$causes")
result=0
node --test "${options[@]}" "${files[@]}" || result=$?
cat -- "$causes"
exit "$result"
