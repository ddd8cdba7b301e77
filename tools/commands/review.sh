#!/usr/bin/env bash
# ./run review [BASE] [--markdown FILE]: what the working tree would change of stacks dev and local,
# drawn up on paper. Ends with 0 when all is fine, 1 when a mandatory guardrail is broken, 2 when
# the change can't be judged.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

# One review at a time: each has its copies of the program in .local/review.
mkdir -p "$checkout/.local"
exec 8>"$checkout/.local/review.lock"
flock 8

# Without its tools the review can't judge.
(
  prepare_packages
  prepare_pulumi
  have git || install_packages "to compare versions" git
) || exit 2
set_environment
exec node --disable-warning=ExperimentalWarning "$checkout/review/main.ts" "$@"
