#!/bin/sh
# Runs k6 in its container. Reads the users' script from standard input and the plan from the
# variable PLAN. Writes each answer to /tmp/answers. Prints "progress SECOND ASKED ERRORS" each
# second, and "exit CODE" at the end. Both shells that the image may have (dash, BusyBox) know these
# options of ulimit.
# shellcheck disable=SC3045
set -eu

# k6 opens a connection for each user.
ulimit -n "$(ulimit -H -n)"
# Most of the heap is the users' state, and each garbage collection spends much CPU on marking it.
# With fewer collections, 10,000 requests of 6,000 users take 2.7 CPU seconds instead of 3.1
# (measured by `./run event --users 6000 --seconds 30`). The host has 16 GiB.
export GOGC=400 GOMEMLIMIT=8GiB
cat >/tmp/users.js
rm -f /tmp/answers /tmp/k6.pid

{
  code=0
  # shellcheck disable=SC2016 # the inner shell expands it
  sh -c 'echo $$ >/tmp/k6.pid; exec k6 run --quiet --summary-mode=disabled --no-thresholds --no-usage-report --address "" \
    --log-output=file=/dev/stdout,level=error --log-format=raw /tmp/users.js' 2>/tmp/k6.err || code=$?
  echo "exit $code"
} | awk '
  /^exit / { print; next }
  /^[pr] / {
    asked++
    if ($6 == 0 || $6 >= 500) errors++
    second = int($3 / 1000)
    if (first == 0) first = second
    if (second > last) { last = second; printf "progress %d %d %d\n", second - first, asked, errors; fflush() }
  }
  { print > "/tmp/answers" }
'
tail -n 5 /tmp/k6.err >&2
