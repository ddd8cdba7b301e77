#!/usr/bin/env bash
# ./run size --users N: what an event of that many users in a minute takes, from measured costs.
# Asks no cloud.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

prepare_packages
exec node "$checkout/load-test/sizing/main.ts" "$@"
