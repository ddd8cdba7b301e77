#!/usr/bin/env bash
# Prints the drift that only a host itself can observe, as JSON: {missingImages, topics}. A part
# that the host can't observe is null. Changes nothing.
# uses: wanted-images declared-topics

main() {
  jq -cn --argjson missingImages "$(missing_images || echo null)" \
    --argjson topics "$(topic_differences || echo null)" '{$missingImages, $topics}'
}

main </dev/null
