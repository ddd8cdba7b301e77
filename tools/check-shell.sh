#!/usr/bin/env bash
# Checks every shell script of the checkout, whatever its name: those that end in .sh, and those whose first line says so; and the workflows
# with the shell in them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -t scripts < <(
  find . -name node_modules -prune -o -path ./.git -prune -o -path ./.local -prune -o -name dist -prune \
    -o -type f \( -name '*.sh' -o -executable ! -name '*.*' \) -print |
    while read -r file; do
      if [[ $file == *.sh ]] || head -n 1 "$file" | grep -qE '^#!.*[/ ](ba|da)?sh\b'; then printf '%s\n' "$file"; fi
    done
)
# One process a script, as many as there are cores: the scripts that source others take a second each.
printf '%s\0' "${scripts[@]}" | xargs -0 -n 1 -P "$(nproc)" shellcheck --external-sources "$@"
printf '%d shell scripts are clean\n' "${#scripts[@]}"
actionlint
printf '%d workflows are clean\n' "$(find .github/workflows -name '*.yml' | wc -l)"
