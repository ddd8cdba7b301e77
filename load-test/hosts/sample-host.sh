#!/usr/bin/env bash
# Tells each second what the host spends, until nobody listens: "MILLISECONDS CPU_MICROSECONDS SOCKETS"; the first line is the number of its cores.
set -euo pipefail

# The whole host, whatever the version of its cgroups.
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

sockets() {
  local word rest
  while read -r word _ rest; do
    if [[ $word == TCP: ]]; then echo "${rest%% *}"; fi
  done </proc/net/sockstat
}

nproc
# Reads nothing and starts nothing: only waits.
exec {never}<> <(:)
while true; do
  echo "$((${EPOCHREALTIME/./} / 1000)) $(cpu_microseconds) $(sockets)"
  read -r -t 1 -u "$never" || true
done
