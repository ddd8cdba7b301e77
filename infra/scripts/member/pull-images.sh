#!/usr/bin/env bash
# Pulls a host's images, by digest, with the host's own role. Swarm then finds them in place: its agents know no credential helper, and
# a login sent along with a service would expire after 12 hours. For the same reason old ones don't go by age or by use (docker image
# prune): a service may be rolled back to an image that this host doesn't run at the moment.
# Values: IMAGES.
# uses: wanted-images
# values: IMAGES[]

# What was pulled, one image a line, the latest last.
readonly PULLED=$STATE_DIR/pulled-images
# Of each repository: the new version, the one that serves until it is healthy, and one more for a deployment in vain between them.
readonly VERSIONS_KEPT=3

main() {
  wait_for_boot
  printf '%s\n' "${IMAGES[@]}" >"$WANTED_IMAGES"
  touch "$PULLED"
  local image
  for image in "${IMAGES[@]}"; do note "$image"; done
  # Before the pull: the smallest hosts have 8 GiB of disk.
  remove_old
  for image in "${IMAGES[@]}"; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    say "pulling $image"
    wait_until 120 "$image" docker pull --quiet "$image" >/dev/null || exit 1
  done
}

# Moves an image to the end of the list.
note() {
  local others
  others=$(grep -vxF "$1" "$PULLED" || true)
  printf '%s\n' "$others" "$1" | sed '/^$/d' >"$PULLED.new"
  mv "$PULLED.new" "$PULLED"
}

# An image that a container still uses stays, and on the list.
remove_old() {
  local image
  tac "$PULLED" | awk -F@ -v kept="$VERSIONS_KEPT" '++versions[$1] > kept' | while read -r image; do
    if docker image inspect "$image" >/dev/null 2>&1 && ! docker image rm "$image" >/dev/null 2>&1; then continue; fi
    say "removed $image"
    sed -i "\\#^$image\$#d" "$PULLED"
  done
}

main </dev/null
