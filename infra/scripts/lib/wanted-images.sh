#!/usr/bin/env bash
# The images that a host is to have: pull-images.sh notes them, and the host tells which are gone. The
# managers know nothing of a lost image until a task fails for want of it.

# One image a line.
readonly WANTED_IMAGES=$STATE_DIR/wanted-images

# Prints the images that are gone, as a JSON list. Fails when the engine doesn't tell.
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
