#!/usr/bin/env bash
# Samples a host's CPU time and sockets each second, until its output is closed. Prints the number
# of cores, then lines of MILLISECONDS CPU_MICROSECONDS SOCKETS.
set -euo pipefail

# Prints the CPU time of the whole host, in either version of cgroups.
cpu_microseconds() {
  if [[ -e /sys/fs/cgroup/cpu.stat ]]; then
    local key value
    while read -r key value; do
      if [[ $key == usage_usec ]]; then echo "$value"; fi
    done </sys/fs/cgroup/cpu.stat
  else
    local nanoseconds
    nanoseconds=$(</sys/fs/cgroup/cpuacct/cpuacct.usage)
    echo "$((nanoseconds / 1000))"
  fi
}

# Prints the number of TCP sockets in use.
sockets() {
  local word rest
  while read -r word _ rest; do
    if [[ $word == TCP: ]]; then echo "${rest%% *}"; fi
  done </proc/net/sockstat
}

nproc
# Opens a pipe on which nothing ever arrives: a read with a time limit then waits without a process.
exec {never}<> <(:)
while true; do
  echo "$((${EPOCHREALTIME/./} / 1000)) $(cpu_microseconds) $(sockets)"
  read -r -t 1 -u "$never" || true
done
