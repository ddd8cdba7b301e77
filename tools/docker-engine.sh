# shellcheck shell=bash
# The machine's Docker engine. Sourced after lib.sh and packages.sh; runs as root.

# Log and process id of an engine that the project started, on a machine without systemd.
engine_log=/var/log/gifticon-event-dockerd.log
engine_mark=/run/gifticon-event-dockerd.pid
engine_pid_file=/run/docker.pid

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# process_is PID NAME: reports whether a process is that program. After a hard stop of the machine,
# another process may have its id.
process_is() { [[ -n ${1:-} && "$(cat "/proc/$1/comm" 2>/dev/null)" == "$2" ]]; }

# wait_for_engine COMMAND...: waits until the engine answers. Fails when the command says that it
# never will.
wait_for_engine() {
  local end=$((SECONDS + 90))
  until engine_answers; do
    ((SECONDS < end)) && "$@" || return 1
    sleep 0.2
  done
}

# Prints a folder with an iptables that works on this kernel, if the distribution's default doesn't
# (nf_tables is missing).
legacy_iptables() {
  local folder=/run/gifticon-event-iptables tool
  iptables -t nat -S >/dev/null 2>&1 && return
  have iptables-legacy && iptables-legacy -t nat -S >/dev/null 2>&1 || return 0
  mkdir -p "$folder"
  for tool in iptables ip6tables; do ln -sf "$(type -P "$tool-legacy")" "$folder/$tool"; done
  printf '%s:' "$folder"
}

# Reports whether the engine's process is starting or running.
own_engine_alive() { [[ ! -s $engine_mark || -d /proc/$(cat "$engine_mark") ]]; }

start_engine_by_hand() {
  # dockerd refuses to start while any process has the id in its pid file.
  if [[ -e $engine_pid_file ]] && ! process_is "$(cat "$engine_pid_file")" dockerd; then rm -f -- "$engine_pid_file"; fi
  rm -f -- "$engine_mark"
  say "Starting the Docker engine (no systemd here: its output goes to $engine_log)"
  (
    # All registries of the local cloud are on this machine.
    exempt_from_proxy ".dkr.ecr.$(region).amazonaws.com"
    # Runs in its own session, so that it outlives this run, and without this run's lock (9).
    # shellcheck disable=SC2016 # the inner shell expands it
    PATH="$(legacy_iptables)$PATH" setsid --fork sh -c 'echo $$ >"$1"; exec dockerd >>"$2" 2>&1' sh "$engine_mark" "$engine_log" \
      </dev/null >/dev/null 2>&1 9>&-
  )
  wait_for_engine own_engine_alive ||
    fail "the Docker engine doesn't start" "Its last lines ($engine_log):" "$(tail -n 5 "$engine_log")"
}

registry_host() { printf '%s.dkr.ecr.%s.amazonaws.com\n' "$LOCAL_CLOUD_ACCOUNT" "$(region)"; }

# Fails if the engine would push to the local registry through a proxy. The engine has its own proxy
# settings; its client's variables have no effect.
require_direct_registry() {
  local http https exempt host
  host="$(registry_host)"
  read -r http https exempt < <(docker info --format '{{or .HTTPProxy "-"}} {{or .HTTPSProxy "-"}} {{or .NoProxy "-"}}')
  [[ $http != - || $https != - ]] || return 0
  is_exempt "$host" "$exempt" ||
    fail "the Docker engine would use its proxy ${https/#-/$http} for the local cloud's registry" \
      "Add $host to its NO_PROXY (sudo systemctl edit docker, or \"proxies\" in" \
      "/etc/docker/daemon.json), restart it, and run the same command again."
}

ensure_engine() {
  start_engine
  require_direct_registry
}

start_engine() {
  if [[ -n ${DOCKER_HOST:-} && $DOCKER_HOST != unix://* ]]; then
    fail "DOCKER_HOST is $DOCKER_HOST: the local cloud needs an engine on this machine" "Unset DOCKER_HOST."
  fi
  engine_answers && return
  if ! have dockerd || ! have docker || ! have iptables; then
    install_packages "the Docker engine" docker.io iptables
    have docker || install_packages "the command line of the Docker engine" docker-cli
  fi
  if [[ -d /run/systemd/system ]]; then
    say "Starting the Docker engine"
    systemctl start docker || fail "systemd can't start the Docker engine" "See: journalctl -u docker"
    wait_for_engine systemctl -q is-active docker || fail "the Docker engine doesn't answer" "See: journalctl -u docker"
  elif [[ -z ${DOCKER_HOST:-} ]] && have dockerd; then
    start_engine_by_hand
  else
    fail "no Docker engine answers at ${DOCKER_HOST:-/var/run/docker.sock}" "Start it, and run the same command again."
  fi
}

# Stops the engine if the project started it by hand.
stop_own_engine() {
  local pid
  pid="$(cat "$engine_mark" 2>/dev/null || true)"
  rm -f -- "$engine_mark"
  process_is "$pid" dockerd || return 0
  say "Stopping the Docker engine that this project started"
  kill "$pid"
  timeout 60 tail --pid="$pid" -f /dev/null
  rm -rf -- "$engine_log" /run/gifticon-event-iptables
}
