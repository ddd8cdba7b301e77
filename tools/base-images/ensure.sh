#!/usr/bin/env bash
# ensure.sh [TAG]...: sees to it that the images which the project's Dockerfiles start from are on
# the machine's engine under their official tags: those that are there stay, the others are pulled,
# and where no registry answers stand-ins are built.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

here="$(dirname "${BASH_SOURCE[0]}")"
# Later ones start from earlier ones. Those that only some settings need are the arguments.
tags=(debian:trixie-slim node:24-trixie-slim apache/kafka:3.9.1 "$@")

present() { docker image inspect "$1" >/dev/null 2>&1; }

# A registry that answers at all does so in seconds; what is bounded here is the wait for one that
# never does.
registry_answers() { timeout 20 docker manifest inspect "$1" >/dev/null 2>&1; }

ensure() {
  local tag="$1" name="${1%%:*}"
  ! present "$tag" || return 0
  if registry_answers "$tag"; then
    say "Pulling $tag"
    docker pull --quiet "$tag" >/dev/null && return
    warn "the registry answers, but $tag can't be pulled"
  fi
  say "No image registry answers: building a stand-in for $tag"
  "$here/${name##*/}/build.sh" "$tag"
}

if docker image inspect "${tags[@]}" >/dev/null 2>&1; then exit 0; fi
for tag in "${tags[@]}"; do with_lock "image-${tag//\//-}" ensure "$tag"; done
