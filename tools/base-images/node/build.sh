#!/usr/bin/env bash
# Builds a stand-in for the official node:24-trixie-slim from the Node.js binary that `npm ci`
# installed.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

tag="$1"
binary="$(readlink -f "$checkout/node_modules/.bin/node")" ||
  fail "node_modules has no Node.js, from which to build a stand-in for $tag" "Run: npm ci"
version="$("$binary" --version)"
[[ $version == v24.* ]] || fail "node_modules has Node.js $version, and $tag needs v24" "Run: npm ci"

context="$(mktemp -d)"
trap 'rm -rf -- "$context"' EXIT
cp "$(dirname "${BASH_SOURCE[0]}")/Dockerfile" "$context"
cp "$binary" "$context/node"
build_image "$tag" "$context"
