#!/usr/bin/env bash
# build.sh [NAME]...: builds images of the local cloud, by default one for each folder here. Skips
# an image when neither its folder nor its base image has changed since its last build.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"

declare -A tags=([host]=local-cloud/host:debian-13-systemd [services]=local-cloud/services:1)

# source_of NAME: prints a digest of an image's files and base image.
source_of() {
  local folder="$here/$1" base
  base="$(sed -n 's/^FROM //p' "$folder/Dockerfile")"
  {
    docker image inspect --format '{{.Id}}' "$base"
    cd "$folder"
    find . -type f -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -c 1-16
}

build() {
  local name="$1" tag="${tags[$1]}" source built log
  source="$(source_of "$name")" || {
    echo "error: the base image of $tag is not on this machine" >&2
    return 1
  }
  built="$(docker image inspect --format '{{index .Config.Labels "local-cloud.source"}}' "$tag" 2>/dev/null || true)"
  [[ $built != "$source" ]] || return 0
  echo "==> Building $tag" >&2
  # A builder copies modes into the image: they must not follow the umask that the checkout was made
  # with.
  log="$(tar -C "$here/$name" --mode=u=rwX,go=rX --owner=0 --group=0 --numeric-owner --sort=name -cf - . |
    docker build --force-rm --label "local-cloud.source=$source" --label "local-cloud.image=$name" --tag "$tag" - 2>&1)" || {
    printf 'error: can'\''t build %s\n%s\n' "$tag" "$(tail -n 20 <<<"$log")" >&2
    return 1
  }
  # Removes the previous image, unless a container still runs it.
  docker image prune --force --filter "label=local-cloud.image=$name" >/dev/null
}

names=("$@")
((${#names[@]})) || names=("${!tags[@]}")
for name in "${names[@]}"; do
  if [[ -z ${tags[$name]:-} ]]; then
    echo "error: no image $name; there are: ${!tags[*]}" >&2
    exit 2
  fi
  build "$name" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
