#!/usr/bin/env bash
# ./run pulumi ARGUMENT...: runs the Pulumi CLI with the environment of stack `local`.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

prepare_packages
become_root pulumi "$@"
prepare_machine
exec pulumi "$@"
