#!/usr/bin/env bash
# ./run doctor [--stack NAME] [--identity FILE]: how the environment is, and what to do about what
# is wrong. Ends with 0 when it is well, 1 when something is wrong, 2 when it couldn't look.
set -euo pipefail
# shellcheck source=tools/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/../stack.sh"

# Without its tools the doctor can't look. (A run as root has already printed its result.)
trap '[[ $? != 1 || -n ${became_root:-} ]] || exit 2' EXIT
prepare_for_stack doctor "$@"
exec node "$checkout/doctor/main.ts" "$@"
