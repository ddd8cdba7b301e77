#!/bin/sh
# Ends k6 as Ctrl-C does, so that it completes its log. Prints the time in seconds since 1970, from
# which on k6 abandons requests. Runs in k6's container, and waits until k6 has started.
set -eu

tries=50
until [ -s /tmp/k6.pid ] || [ "$tries" -eq 0 ]; do
  tries=$((tries - 1))
  sleep 0.2
done
date +%s
kill -INT "$(cat /tmp/k6.pid)"
