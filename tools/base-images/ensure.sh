#!/usr/bin/env bash
# ensure.sh [TAG]...: makes sure that the base images of the project's Dockerfiles are on the
# machine's engine under their official tags. It keeps existing images and pulls missing ones. If no
# registry answers, it builds stand-ins.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

here="$(dirname "${BASH_SOURCE[0]}")"
# Later images start from earlier ones. The arguments are images that only some settings need.
tags=(debian:trixie-slim node:24-trixie-slim apache/kafka:3.9.1 "$@")

present() { docker image inspect "$1" >/dev/null 2>&1; }

# A registry answers in seconds or not at all, so the timeout only bounds the second case.
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
