#!/usr/bin/env bash
# Pulls the images that this host may run, and removes old versions of them. Swarm can't pull them
# itself: its agents use no credential helper, and a login that is sent with a service expires after
# 12 hours. So an old version stays as long as a service may be rolled back to it, even when this
# host does not run it, which docker image prune would not know.
# uses: wanted-images
# values: IMAGES[]
# IMAGES holds the images, each with its digest.

# The file with the images that were pulled, one a line, the latest last.
readonly PULLED=$STATE_DIR/pulled-images
# The number of versions of each image to keep: the new one, the one that serves until the new one
# is healthy, and one for a failed deployment between them.
readonly VERSIONS_KEPT=3

main() {
  wait_for_boot
  printf '%s\n' "${IMAGES[@]}" >"$WANTED_IMAGES"
  touch "$PULLED"
  local image
  for image in "${IMAGES[@]}"; do list_image "$image"; done
  # Old versions go before the pull, because the smallest hosts have 8 GiB of disk.
  remove_old
  for image in "${IMAGES[@]}"; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    say "Pulling $image."
    wait_until 120 "the pull of $image" docker pull --quiet "$image" >/dev/null || exit 1
  done
}

# list_image IMAGE: moves an image to the end of the list of pulled images.
list_image() {
  local others
  others=$(grep -vxF "$1" "$PULLED" || true)
  printf '%s\n' "$others" "$1" | sed '/^$/d' >"$PULLED.new"
  mv "$PULLED.new" "$PULLED"
}

# Removes old versions and takes them off the list. An image that a container uses stays on it.
remove_old() {
  local image
  tac "$PULLED" | awk -F@ -v kept="$VERSIONS_KEPT" '++versions[$1] > kept' | while read -r image; do
    if docker image inspect "$image" >/dev/null 2>&1 && ! docker image rm "$image" >/dev/null 2>&1; then continue; fi
    say "Removed $image."
    sed -i "\\#^$image\$#d" "$PULLED"
  done
}

main </dev/null
