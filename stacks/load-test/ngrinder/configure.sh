#!/usr/bin/env bash
# configure.sh SETTINGS POLICY COMMAND...: puts files of the stack into the home of nGrinder's
# controller, then becomes the command.
#
# SETTINGS has a KEY=VALUE in each line, for keys that system.conf does not set: what an operator
# set on the controller's page stays. POLICY replaces the controller's own, for which there is no
# page.
set -euo pipefail

readonly settings=$1 policy=$2
shift 2
readonly conf=${NGRINDER_HOME:?}/system.conf

mkdir -p "$NGRINDER_HOME"
touch "$conf"
while IFS='=' read -r key value; do
  grep -qE "^[[:space:]]*${key//./\\.}[[:space:]]*[=:]" "$conf" || printf '\n%s=%s\n' "$key" "$value" >>"$conf"
done <"$settings"
cp "$policy" "$NGRINDER_HOME/process_and_thread_policy.js"

exec "$@"
