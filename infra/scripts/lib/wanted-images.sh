#!/usr/bin/env bash
# Finds missing images among those that a host must have. pull-images.sh writes the list. Only the
# host itself can see that an image is missing; a manager notices it when a task fails to start.

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
