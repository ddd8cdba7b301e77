#!/usr/bin/env bash
# start.sh ARGUMENT...: runs the start script of an nGrinder image, and stops its Java in order.
#
# The image's script runs Java as a child (bash, sh, sh, java) and doesn't forward signals. So a
# stop would end only the script, and Java would be killed with the container.
set -euo pipefail

/scripts/run.sh "$@" &
readonly script=$!

# Signals the oldest Java process, which stops its children. It repeats the signal, because the
# script may be between two Java processes. Without a Java process, it ends the script.
# shellcheck disable=SC2317 # the trap calls it
stop() {
  while kill -0 "$script" 2>/dev/null; do
    pkill -TERM -o -x java || kill -TERM "$script" 2>/dev/null || true
    sleep 1
  done
}
trap stop TERM INT

status=0
wait "$script" || status=$?
exit "$status"
