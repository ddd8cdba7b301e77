#!/usr/bin/env bash
# Checks all shell scripts of the checkout by shellcheck, and its workflows by actionlint. A shell
# script is a file that ends in .sh, or whose first line names a shell.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly LIBRARIES=infra/scripts/lib

# check FILE ARGUMENT...: runs shellcheck on a script, with more arguments. A script with a header
# is checked together with the libraries and values that renderScript puts before it.
check() {
  local -r file=$1
  shift
  if grep -qE '^# (uses|values|environment): ' "$file"; then
    with_header "$file" |
      shellcheck --external-sources --enable=check-unassigned-uppercase --format=gcc "$@" - | sed "s#^-:#$file:#"
  else
    shellcheck --external-sources "$@" "$file"
  fi
}

# with_header FILE: prints a script. Its second line, a comment, is replaced by code for its header,
# so that each line keeps its number.
with_header() {
  local uses variables library word line=". $LIBRARIES/common.sh"
  uses=$(sed -n 's/^# uses: //p' "$1")
  variables=$(sed -nE 's/^# (values|environment): //p' "$1")
  for library in $uses; do line+="; . $LIBRARIES/$library.sh"; done
  for word in $variables; do
    if [[ $word == *"[]" ]]; then line+="; readonly -a ${word%"[]"}=('')"; else line+="; readonly $word="; fi
  done
  sed "2c\\$line" "$1"
}

mapfile -t scripts < <(
  find . -name node_modules -prune -o -path ./.git -prune -o -path ./.local -prune -o -name dist -prune \
    -o -type f \( -name '*.sh' -o -executable ! -name '*.*' \) -print |
    while read -r file; do
      if [[ $file == *.sh ]] || head -n 1 "$file" | grep -qE '^#!.*[/ ](ba|da)?sh\b'; then printf '%s\n' "${file#./}"; fi
    done
)
export LIBRARIES
export -f check with_header
# Runs as many processes as there are cores: a script that sources others takes a second.
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\0' "${scripts[@]}" |
  xargs -0 -n 1 -P "$(nproc)" bash -c 'set -euo pipefail; check "${@: -1}" "${@:1:$#-1}"' check "$@"
printf '%d shell scripts are clean\n' "${#scripts[@]}"
actionlint
printf '%d workflows are clean\n' "$(find .github/workflows -name '*.yml' | wc -l)"
