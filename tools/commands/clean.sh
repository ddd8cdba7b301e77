#!/usr/bin/env bash
# ./run clean [--caches]: removes what this checkout has put on the machine, whatever state it is in; never what belongs to others.
#   always:    its accounts of the local cloud (containers, networks, volumes, images, /etc/hosts block, registry certificates) and .local;
#              and, when no other checkout has an account here, the images that all share
#   --caches:  also what had to be downloaded or built: node_modules, the user's cache, an engine that was started by hand.
#              Packages of the distribution stay: other things may use them by now.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/leftovers.sh
source "$checkout/tools/leftovers.sh"

caches=false
case "$#:${1:-}" in
  0:) ;;
  1:--caches) caches=true ;;
  *)
    printf 'error: ./run clean takes nothing but --caches\n' >&2
    exit 2
    ;;
esac
become_root clean "$@"
take_run_lock

# Reads objects, one a line, and removes each by the given command.
remove_each() {
  local object
  while read -r object; do
    say "Removing $object"
    "$@" "${object#* }" >/dev/null
  done
}

clean_account() {
  local account="$1" filter="label=local-cloud.account=$1" entry
  docker ps -a --filter "$filter" --format 'container {{.Names}}' | remove_each docker rm --force --volumes
  docker network ls --filter "$filter" --format 'network {{.Name}}' | remove_each docker network rm
  docker volume ls --filter "$filter" --format 'volume {{.Name}}' | remove_each docker volume rm
  docker image ls --filter "reference=$account.dkr.ecr.*/*" --format 'image {{.Repository}}:{{.Tag}}' |
    grep -v ':<none>$' | remove_each docker image rm || true
  leftovers_of "$account" | while read -r entry; do
    case "$entry" in
      block*)
        say "Removing the $entry"
        # Rewritten in place: in a container, the file is a mount.
        sed "/^# BEGIN local-cloud $account/,/^# END local-cloud $account/d" /etc/hosts >"$checkout/.local/hosts"
        cat "$checkout/.local/hosts" >/etc/hosts
        ;;
      "registry certificate "*)
        say "Removing the $entry"
        rm -rf -- "${entry#registry certificate }"
        ;;
      cgroup*) find "${entry#cgroup }" -depth -type d -exec rmdir {} + 2>/dev/null || true ;;
    esac
  done
}

clean_shared_images() {
  local others
  others="$(docker ps -a --filter label=local-cloud.account --format '{{.Label "local-cloud.checkout"}}' | sort -u | paste -sd ' ')"
  if [[ -n $others ]]; then
    say "Leaving the shared images: $others uses them"
    return
  fi
  # Those that a container of someone else uses stay: removal without force.
  {
    docker image ls --filter label=local-cloud.image --format 'image {{.Repository}}:{{.Tag}}'
    # Later stand-ins start from earlier ones.
    docker image ls --filter label=gifticon-event.stand-in --format 'image {{.Repository}}:{{.Tag}}' | grep -v debian:
    docker image ls --filter label=gifticon-event.stand-in --format 'image {{.Repository}}:{{.Tag}}' | grep debian:
  } | while read -r _ image; do
    say "Removing image $image"
    docker image rm "$image" >/dev/null || warn "$image stays: it is in use"
  done
}

if engine_answers; then
  accounts_of_checkout | while read -r account; do clean_account "$account"; done
  clean_shared_images
else
  warn "no Docker engine answers: what the project has there stays until ./run clean finds one"
fi

say "Removing $checkout/.local"
rm -rf -- "$checkout/.local"
if $caches; then
  stop_own_engine
  say "Removing $cache and $checkout/node_modules"
  rm -rf -- "$cache" "$checkout/node_modules"
fi
