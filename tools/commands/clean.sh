#!/usr/bin/env bash
# ./run clean [--all] [--caches]: removes everything that this checkout has put on the machine, in
# whatever state it is, and nothing of others.
# - Always: its account of the local cloud and those of its tests (containers, networks, volumes,
#   images, /etc/hosts block, registry certificate), containers of its service tests, and .local.
#   When no account is left on the machine, also the images that all accounts share.
# - --all: also accounts that this checkout created under a LOCAL_CLOUD_ACCOUNT.
# - --caches: also downloads and builds: node_modules, the user's cache, and an engine that the
#   project started. Packages of the distribution stay, because other programs may use them.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/leftovers.sh
source "$checkout/tools/leftovers.sh"

all=false caches=false
for argument in "$@"; do
  case "$argument" in
    --all) all=true ;;
    --caches) caches=true ;;
    *)
      printf 'error: ./run clean does not know %s; allowed: --all, --caches\n' "$argument" >&2
      exit 2
      ;;
  esac
done
become_root clean "$@"
take_run_lock

# remove_each COMMAND...: reads objects, one a line, and removes each by the command. An object that
# can't be removed causes a warning.
remove_each() {
  local object
  while read -r object; do
    say "Removing $object"
    "$@" "${object#* }" >/dev/null || warn "it stays"
  done
}

# in_use ACCOUNT: reports whether an update or a test uses an account. Processes in containers don't
# count.
in_use() {
  local environment own
  own="$(readlink /proc/self/ns/mnt)"
  while read -r environment; do
    [[ "$(readlink "${environment%/environ}/ns/mnt")" != "$own" ]] || return 0
  done < <(grep -lsz "^LOCAL_CLOUD_ACCOUNT=$1\$" /proc/[0-9]*/environ)
  return 1
}

# Prints the accounts to remove, one a line.
chosen_accounts() {
  local account
  while read -r account; do
    if [[ $account != "$LOCAL_CLOUD_ACCOUNT" ]]; then
      # Accounts of tests begin with these digits.
      if [[ $account != 990000* ]] && ! $all; then
        say "Leaving account $account, which this checkout created too: ./run clean --all removes it"
        continue
      elif in_use "$account"; then
        say "Leaving account $account: an update or a test uses it"
        continue
      fi
    fi
    printf '%s\n' "$account"
  done < <(accounts_of_checkout)
}

clean_account() {
  local account="$1" filter="label=local-cloud.account=$1" entry
  docker ps -a --filter "$filter" --format 'container {{.Names}}' | remove_each docker rm --force --volumes
  docker network ls --filter "$filter" --format 'network {{.Name}}' | remove_each docker network rm
  docker volume ls --filter "$filter" --format 'volume {{.Name}}' | remove_each docker volume rm
  remove_images_of "$account"
  leftovers_of "$account" | while read -r entry; do
    case "$entry" in
      block*)
        say "Removing the $entry"
        # Rewrites it in place, because in a container the file is a mount.
        without_block "$account" </etc/hosts >"$checkout/.local/hosts"
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

# Removes leftovers of killed service tests of this checkout.
clean_service_tests() {
  local filter=(--filter label=gifticon-event.test=services --filter "label=gifticon-event.checkout=$checkout") process name
  docker ps -a "${filter[@]}" --format '{{.Label "gifticon-event.process"}} {{.Names}}' | while read -r process name; do
    if [[ -d /proc/$process ]]; then
      say "Leaving container $name: a test uses it"
    else
      printf 'container %s\n' "$name"
    fi
  done | remove_each docker rm --force --volumes
  docker image ls "${filter[@]}" --format 'image {{.ID}}' | sort -u | remove_each docker image rm --force
}

clean_shared_images() {
  local others
  others="$(docker ps -a --filter label=local-cloud.account --format '{{.Label "local-cloud.checkout"}}' | sort -u | paste -sd ' ')"
  if [[ -n $others ]]; then
    say "Leaving the shared images: accounts of $others need them"
    return
  fi
  # Removes without force, so that images of other containers stay.
  {
    docker image ls --filter label=local-cloud.image --format 'image {{.Repository}}:{{.Tag}}'
    # The other stand-ins start from Debian's, so that one is last.
    docker image ls --filter label=gifticon-event.stand-in --format 'image {{.Repository}}:{{.Tag}}' | grep -v debian:
    docker image ls --filter label=gifticon-event.stand-in --format 'image {{.Repository}}:{{.Tag}}' | grep debian:
  } | while read -r _ image; do
    say "Removing image $image"
    docker image rm "$image" >/dev/null || warn "$image stays: it is in use"
  done
}

if engine_answers; then
  chosen_accounts | while read -r account; do clean_account "$account"; done
  clean_service_tests
  clean_shared_images
else
  warn "no Docker engine answers, so objects in it stay; run ./run clean again when it runs"
fi

say "Removing $checkout/.local"
rm -rf -- "$checkout/.local"
if $caches; then
  stop_own_engine
  say "Removing $cache and $checkout/node_modules"
  rm -rf -- "$cache" "$checkout/node_modules"
fi
