#!/usr/bin/env bash
# Pulls the images that this host must have but lacks, as after `docker system prune --all`. Without
# them no task could move here, because Swarm's agents can't log in to the registry. A systemd timer
# of the host runs this.
# uses: wanted-images

main() {
  local image
  missing_images | jq -r '.[]' | while read -r image; do
    say "Pulling $image, which this host lost."
    docker pull --quiet "$image" >/dev/null
  done
}

main </dev/null
