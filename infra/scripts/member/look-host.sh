#!/usr/bin/env bash
# Prints, as JSON, what a host has lost of what the program put on it: {missingImages, topics}. A part
# that the host can't tell is null. Changes nothing.
# uses: wanted-images declared-topics

main() {
  jq -cn --argjson missingImages "$(missing_images || echo null)" \
    --argjson topics "$(topic_differences || echo null)" '{$missingImages, $topics}'
}

main </dev/null
