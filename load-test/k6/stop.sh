#!/bin/sh
# Ends k6 as Ctrl-C would, so that it still writes its log to the end, and tells when, in seconds since 1970: from then on k6 gives up requests by itself. Runs
# inside of its container; k6 may be about to start.
set -eu

tries=50
until [ -s /tmp/k6.pid ] || [ "$tries" -eq 0 ]; do
  tries=$((tries - 1))
  sleep 0.2
done
date +%s
kill -INT "$(cat /tmp/k6.pid)"
