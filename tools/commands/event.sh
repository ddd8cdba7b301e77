#!/usr/bin/env bash
# ./run event [OPTION]...: runs the load test on a running stack. load-test/options.ts has the
# options.
set -euo pipefail
# shellcheck source=tools/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/../stack.sh"

prepare_for_stack event "$@"
exec node "$checkout/load-test/main.ts" "$@"
