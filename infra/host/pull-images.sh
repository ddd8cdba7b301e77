#!/usr/bin/env bash
# Pulls a host's images, by digest, with the host's own role. Swarm then finds them in place: its agents know no credential helper, and
# a login sent along with a service would expire after 12 hours.
# Values: IMAGES.

main() {
  wait_for_boot
  local image
  for image in "${IMAGES[@]}"; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    say "pulling $image"
    wait_until 120 "$image" docker pull --quiet "$image" >/dev/null || exit 1
  done
}

main </dev/null
