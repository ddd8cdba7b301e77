#!/usr/bin/env bash
# start.sh ARGUMENT...: runs the start script of an nGrinder image, and stops its Java in order.
#
# The image's script runs Java as a child (bash, sh, sh, java) and passes no signal on. So a stop
# would end the script alone, and Java with everything that is left in the container.
set -euo pipefail

/scripts/run.sh "$@" &
readonly script=$!

# Asks Java to stop, again and again: the script may be between two of its Java processes. The oldest
# is asked, which stops those that it started. While there is none, the script itself ends.
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
