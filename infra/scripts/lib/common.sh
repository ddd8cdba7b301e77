#!/usr/bin/env bash
# What the scripts on the hosts share; renderScript puts it before each of them.
set -euo pipefail

# What a host keeps of its own.
: "${STATE_DIR:=/var/lib/gifticon-event}"

# The label of a Swarm node that names the host that it is: the host outlives its nodes.
# shellcheck disable=SC2034 # for the scripts that follow
readonly HOST_LABEL=gifticon-event.host

# Progress goes to standard error: standard output is the result.
say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

# wait_until SECONDS WHAT COMMAND...: repeats the command until it succeeds; says what was waited for when it doesn't within the time.
wait_until() {
  local -r seconds=$1 what=$2
  shift 2
  local -r deadline=$((SECONDS + seconds))
  until "$@"; do
    if ((SECONDS >= deadline)); then
      say "waited $seconds s in vain for $what"
      return 1
    fi
    sleep 1
  done
}

# Calls the Docker engine's API over its socket: docker_api METHOD PATH [CURL ARGUMENTS].
docker_api() {
  local -r method=$1 path=$2
  shift 2
  curl --silent --show-error --unix-socket /var/run/docker.sock --request "$method" "http://docker/v1.44$path" "$@"
}

# Waits until the host's first boot is over. A boot that failed is told in its own last words.
wait_for_boot() {
  wait_until 600 "the host's first boot to finish (/var/log/host-boot.log tells)" test -e "$STATE_DIR/boot-result" || exit 1
  [[ $(<"$STATE_DIR/boot-result") == "done" ]] || {
    tail -n 20 /var/log/host-boot.log >&2 || true
    fail "the host's first boot failed; its last lines are above. Replace the host when the cause is removed."
  }
  wait_until 60 "the Docker engine to answer" docker_answers || fail "$(docker version 2>&1 | tail -n 3)"
}

docker_answers() { docker version >/dev/null 2>&1; }

swarm_state() { docker info --format '{{.Swarm.LocalNodeState}}'; }
