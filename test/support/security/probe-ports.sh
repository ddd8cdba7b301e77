#!/usr/bin/env bash
# probe-ports.sh SECONDS: reads lines of HOST and PORT, tries to connect to each over TCP, and
# prints the result: "open", "refused" (the host answered, and nothing listens), or "silent" (no
# answer within the time, or no route).
set -euo pipefail

probe() {
  local words
  # shellcheck disable=SC2016 # the inner shells expand it, here and below
  if words=$(timeout "$1" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$2" "$3" 2>&1); then
    printf '%s %s open\n' "$2" "$3"
  elif [[ $words == *refused* ]]; then
    printf '%s %s refused\n' "$2" "$3"
  else
    printf '%s %s silent\n' "$2" "$3"
  fi
}
export -f probe
# shellcheck disable=SC2016
SECONDS_EACH="$1" xargs -P 48 -L 1 bash -c 'probe "$SECONDS_EACH" "$0" "$1"'
