#!/usr/bin/env bash
# cis-host.sh: checks the recommendations of the CIS Docker Benchmark 1.6 for a host and its engine
# that the project can apply. Prints a line for each: NUMBER ok|no DETAIL. Runs as root on the host.
set -uo pipefail

readonly DAEMON=/etc/docker/daemon.json

tell() { # NUMBER DETAIL COMMAND...: prints ok if the command succeeds
  local -r number=$1 detail=$2
  shift 2
  if "$@" >/dev/null 2>&1; then printf '%s ok %s\n' "$number" "$detail"; else printf '%s no %s\n' "$number" "$detail"; fi
}

setting() { jq -e "$1" "$DAEMON"; }
not() { ! "$@"; }
# owned FILE OWNER MODE: checks owner and mode. A missing file is accepted.
owned() { [[ ! -e $1 ]] || [[ $(stat -c %U:%G "$1") == "$2" && $((8#$(stat -c %a "$1") & ~8#$3)) == 0 ]]; }
info=$(docker info --format '{{json .}}')
# info FILTER: prints a part of `docker info`.
info() { jq -r "$1" <<<"$info"; }
# engine_has ARGUMENT: checks the arguments of the running engine.
engine_has() { tr '\0' '\n' <"/proc/$(pgrep -xo dockerd)/cmdline" | grep -q -- "$1"; }
listens_on_tcp() { ss -Hltn '( sport = :2375 or sport = :2376 )' | grep -q .; }
only_root_in_docker_group() { [[ -z $(getent group docker | cut -d : -f 4) ]]; }

tell 1.1.2 "nobody but root may talk to the engine" only_root_in_docker_group
tell 2.2 "containers on the default bridge don't reach each other" setting '.icc == false'
tell 2.3 "the engine logs as usual" not engine_has --log-level=debug
tell 2.4 "the engine sets its own firewall rules" not engine_has --iptables=false
tell 2.5 "no registry without TLS" test "$(info '.RegistryConfig.InsecureRegistryCIDRs | join(" ")')" = 127.0.0.0/8
tell 2.6 "files on overlay2, not on aufs" test "$(info .Driver)" = overlay2
tell 2.7 "the engine listens on no TCP port but Swarm's own" not listens_on_tcp
tell 2.14 "containers can't gain privileges" setting '."no-new-privileges" == true'
tell 2.17 "the engine's own seccomp profile is not off" not engine_has --seccomp-profile=unconfined
tell 2.18 "nothing experimental" test "$(info .ExperimentalBuild)" = false
tell 3.5 "/etc/docker is root's" owned /etc/docker root:root 755
tell 3.7 "certificates of registries are root's" owned /etc/docker/certs.d root:root 755
tell 3.15 "the engine's socket is root's and docker's" owned /var/run/docker.sock root:docker 660
tell 3.17 "daemon.json is root's" owned "$DAEMON" root:root 644
tell 3.19 "/etc/default/docker is root's" owned /etc/default/docker root:root 644
tell 3.23 "containerd's socket is root's" owned /run/containerd/containerd.sock root:root 660
