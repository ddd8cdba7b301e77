#!/bin/sh
# Prints the limits of the load generator: FILES FIRST_PORT LAST_PORT CORES, then the version of k6.
# Runs in its container. Both shells that the image may have (dash, BusyBox) know this option of
# ulimit.
# shellcheck disable=SC3045
set -eu

echo "$(ulimit -H -n) $(tr '\t' ' ' </proc/sys/net/ipv4/ip_local_port_range) $(nproc)"
k6 version | head -n 1
