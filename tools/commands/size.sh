#!/usr/bin/env bash
# ./run size --users N: estimates the resources for an event with that many users in a minute, from
# measured costs. It needs no cloud.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

prepare_packages
exec node "$checkout/load-test/sizing/main.ts" "$@"
