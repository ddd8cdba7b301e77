#!/usr/bin/env bash
# ./run doctor [--stack NAME] [--identity FILE]: checks the environment, and says how to mend its
# faults. Exits with 0 if it is healthy, 1 if something is wrong, and 2 if it can't be checked.
set -euo pipefail
# shellcheck source=tools/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/../stack.sh"

# Exits with 2 if preparing fails. (A run as root has already printed its result.)
trap '[[ $? != 1 || -n ${became_root:-} ]] || exit 2' EXIT
prepare_for_stack doctor "$@"
exec node "$checkout/doctor/main.ts" "$@"
