#!/usr/bin/env bash
# ./run pulumi ARGUMENT...: runs the Pulumi CLI with the environment of stack `local`.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/recover.sh
source "$checkout/tools/recover.sh"

prepare_packages
become_root pulumi "$@"
require_linux
prepare_pulumi
# On a fresh clone, settings can be changed before the first ./run up.
[[ "${1:-} ${2:-}" == "stack init" ]] || ensure_stack
case "${1:-}" in
  # These read and write settings and state only, and need neither images nor plugins.
  config | stack | version) ;;
  *) prepare_machine ;;
esac
exec pulumi "$@"
