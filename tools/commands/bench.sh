#!/usr/bin/env bash
# ./run bench NAME [ARGUMENT]...: runs bench/NAME.ts.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

name="${1:-}"
if [[ ! $name =~ ^[a-z-]+$ || ! -e $checkout/bench/$name.ts ]]; then
  there="$(find "$checkout/bench" -maxdepth 1 -name '*.ts' ! -name '*.test.ts' -printf '%f\n' | sed 's/\.ts$//' | sort | paste -sd ' ')"
  printf 'error: there is no benchmark "%s"; there are: %s\n' "$name" "$there" >&2
  exit 2
fi
prepare_packages
if [[ $name == review ]]; then
  # A review doesn't need Docker.
  prepare_pulumi
  set_environment
else
  become_root bench "$@"
  prepare_machine
  require_memory
fi
[[ $name != services ]] || install_packages "to make load" wrk
shift
exec node "$checkout/bench/$name.ts" "$@"
