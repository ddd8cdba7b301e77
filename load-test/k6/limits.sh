#!/bin/sh
# Tells what the generator can hold: "FILES FIRST_PORT LAST_PORT CORES", then k6's own words on its version. Runs inside of its container.
# Both shells that the image may have (dash, BusyBox's) know this option of ulimit.
# shellcheck disable=SC3045
set -eu

echo "$(ulimit -H -n) $(tr '\t' ' ' </proc/sys/net/ipv4/ip_local_port_range) $(nproc)"
k6 version | head -n 1
