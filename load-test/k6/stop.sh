#!/bin/sh
# Ends k6 as Ctrl-C does, so that it completes its log. Prints the time in seconds since 1970: k6
# gives up requests from then on. Runs in its container. k6 may be about to start.
set -eu

tries=50
until [ -s /tmp/k6.pid ] || [ "$tries" -eq 0 ]; do
  tries=$((tries - 1))
  sleep 0.2
done
date +%s
kill -INT "$(cat /tmp/k6.pid)"
