#!/usr/bin/env bash
# ./run chaos CASE...|--all|--fast [OPTION]...: faults under load on the local environment;
# chaos/options.ts has the options. Ends with 0 when every case passed, 1 when one failed, 2 when it
# couldn't start, 130 after Ctrl-C.
set -euo pipefail
# shellcheck source=tools/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/../stack.sh"

prepare_for_stack chaos "$@"
exec node "$checkout/chaos/main.ts" "$@"
