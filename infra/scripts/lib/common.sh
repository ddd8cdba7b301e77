#!/usr/bin/env bash
# Functions and settings that all scripts on the hosts share. renderScript puts this library before
# each script.
# values: HOST_FOLDER
set -euo pipefail

# The folder in which a host keeps its own state.
: "${STATE_DIR:=$HOST_FOLDER}"

# say TEXT...: reports progress, on standard error because standard output holds the result.
say() { printf '%s\n' "$*" >&2; }

# fail TEXT...: reports an error and ends the script.
fail() {
  say "error: $*"
  exit 1
}

# wait_until SECONDS EVENT COMMAND...: repeats the command each second until it succeeds. Returns 1
# when it does not within that time, and says which event was awaited.
wait_until() {
  local -r seconds=$1 event=$2
  shift 2
  local -r deadline=$((SECONDS + seconds))
  until "$@"; do
    if ((SECONDS >= deadline)); then
      say "Gave up after $seconds s of waiting for $event."
      return 1
    fi
    sleep 1
  done
}

# docker_api METHOD PATH [CURL-ARGUMENT...]: calls the API of the Docker engine over its socket.
docker_api() {
  local -r method=$1 path=$2
  shift 2
  curl --silent --show-error --unix-socket /var/run/docker.sock --request "$method" "http://docker/v1.44$path" "$@"
}

# Waits until the host's first boot is over. When the boot failed, prints the end of its log and
# ends the script.
wait_for_boot() {
  wait_until 600 "the first boot of the host to end (log: /var/log/host-boot.log)" test -e "$STATE_DIR/boot-result" || exit 1
  [[ $(<"$STATE_DIR/boot-result") == "done" ]] || {
    tail -n 20 /var/log/host-boot.log >&2 || true
    fail "The first boot of the host failed; the end of its log is above. Remove the cause, then replace the host."
  }
  wait_until 60 "the Docker engine to answer" docker_answers || fail "$(docker version 2>&1 | tail -n 3)"
}

docker_answers() { docker version >/dev/null 2>&1; }

swarm_state() { docker info --format '{{.Swarm.LocalNodeState}}'; }
