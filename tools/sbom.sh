#!/usr/bin/env bash
# sbom.sh FOLDER: writes a software bill of materials for the image of each service (CycloneDX, by npm itself, out of package-lock.json): FOLDER/NAME.cdx.json.
# Each says what the service's bundle is made of; what Debian and Node.js bring is the base image's. Needs npm 10 or newer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder="$1"
mkdir -p "$folder"
for dockerfile in services/*/Dockerfile; do
  name="$(basename "$(dirname "$dockerfile")")"
  # Nothing is omitted: npm takes what the root needs for development, too (pino), for nothing else. The services have no dependencies for development.
  npm sbom --sbom-format cyclonedx --package-lock-only --workspace "@gifticon/$name" >"$folder/$name.cdx.json"
  printf '%s\n' "$folder/$name.cdx.json"
done
