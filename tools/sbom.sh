#!/usr/bin/env bash
# sbom.sh FOLDER: writes software bills of materials (CycloneDX) of the images. npm writes the one
# of each service's bundle from package-lock.json, as FOLDER/NAME.cdx.json. The one of each base
# image lists its packages, as FOLDER/base/IMAGE.cdx.json. Missing base images are pulled. If that
# fails, the others are written, and it exits with 1. It needs npm 10 and Node.js 22.18 or later.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder="$1"
mkdir -p "$folder/base"
for dockerfile in services/*/Dockerfile; do
  name="$(basename "$(dirname "$dockerfile")")"
  # Development dependencies are not omitted, because npm would also omit packages that the root
  # needs only for development (pino). The services have none.
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
