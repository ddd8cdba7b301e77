#!/usr/bin/env bash
# ./run shell [HOST [COMMAND [ARGUMENT]...]]: runs a command, or opens a shell, as root on a host of
# the local environment. Without a host it lists the hosts.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

prepare_packages
become_root shell "$@"
have docker || fail "there is no Docker engine, so no environment runs here" "./run up starts it."
exec node "$checkout/tools/host-shell.ts" "$@"
