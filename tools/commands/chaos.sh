#!/usr/bin/env bash
# ./run chaos CASE...|--all|--fast [OPTION]...: injects faults under load on the local environment.
# chaos/options.ts has the options. Exits with 0 if every case passed, 1 if one failed, 2 if it
# couldn't start, and 130 after Ctrl-C.
set -euo pipefail
# shellcheck source=tools/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/../stack.sh"

prepare_for_stack chaos "$@"
exec node "$checkout/chaos/main.ts" "$@"
