#!/usr/bin/env bash
# ./run review [BASE] [--markdown FILE]: reports how the working tree would change stacks dev and
# local, by a dry run. Exits with 0 if no mandatory guardrail is broken, 1 if one is, and 2 if the
# change can't be reviewed.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

# Runs one review at a time, because its copies of the program are in .local/review.
mkdir -p "$checkout/.local"
exec 8>"$checkout/.local/review.lock"
flock 8

# Exits with 2 if preparing fails.
(
  prepare_packages
  prepare_pulumi
  have git || install_packages "to compare versions" git
) || exit 2
set_environment
exec node --disable-warning=ExperimentalWarning "$checkout/review/main.ts" "$@"
