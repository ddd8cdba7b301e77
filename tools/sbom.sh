#!/usr/bin/env bash
# sbom.sh FOLDER: writes software bills of materials (CycloneDX) for what the images are made of: of
# the bundle of each service, by npm itself out of package-lock.json, as FOLDER/NAME.cdx.json; and
# of each base image, by its packages, as FOLDER/base/IMAGE.cdx.json. Base images are taken from
# this machine's Docker, or pulled; where that fails, the others are written, and it ends with 1.
# Needs npm 10 or newer and Node.js 22.18 or newer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder="$1"
mkdir -p "$folder/base"
for dockerfile in services/*/Dockerfile; do
  name="$(basename "$(dirname "$dockerfile")")"
  # Nothing is omitted: npm takes what the root needs for development, too (pino), for nothing else.
  # The services have no dependencies for development.
  npm sbom --sbom-format cyclonedx --package-lock-only --workspace "@gifticon/$name" >"$folder/$name.cdx.json"
  printf '%s\n' "$folder/$name.cdx.json"
done

status=0
mapfile -t images < <(find services stacks -name node_modules -prune -o -name Dockerfile -exec sed -n 's/^FROM //p' {} + | sort -u)
for image in "${images[@]}"; do
  if ! docker image inspect "$image" >/dev/null 2>&1 && ! docker pull --quiet "$image" >/dev/null; then
    printf 'error: the image %s is not here and cannot be pulled\n' "$image" >&2
    status=1
    continue
  fi
  file="$folder/base/${image//[\/:]/-}.cdx.json"
  node tools/image-sbom/main.ts "$image" >"$file"
  printf '%s\n' "$file"
done
exit "$status"
