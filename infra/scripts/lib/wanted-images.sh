#!/usr/bin/env bash
# Functions about the images that a host shall have. pull-images.sh lists them; only the host itself
# can see that one is missing. A manager notices that when a task fails to start.

# The file with the list, one image a line.
readonly WANTED_IMAGES=$STATE_DIR/wanted-images

# Prints the images that are missing, as a JSON list. Fails when the engine does not answer.
missing_images() {
  local image said missing=()
  if [[ -e $WANTED_IMAGES ]]; then
    while read -r image; do
      if said=$(docker image inspect --format '{{.Id}}' "$image" 2>&1); then continue; fi
      [[ ${said,,} == *"no such image"* ]] || return 1
      missing+=("$image")
    done <"$WANTED_IMAGES"
  fi
  jq -cn '$ARGS.positional' --args "${missing[@]}"
}
