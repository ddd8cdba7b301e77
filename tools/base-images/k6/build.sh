#!/usr/bin/env bash
# Builds a stand-in for the official grafana/k6 from k6's own Go modules.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
# shellcheck source=tools/packages.sh
source "$checkout/tools/packages.sh"
# shellcheck source=tools/pulumi.sh
source "$checkout/tools/pulumi.sh"

tag="$1"
version="${tag##*:}"
binary="$cache/images/k6-$version"

work="$(mktemp -d)"
# Go makes its downloads read-only.
trap 'chmod -R u+w -- "$work"; rm -rf -- "$work"' EXIT

if [[ ! -x $binary ]]; then
  # The build needs half a gigabyte, which is removed afterwards.
  export GOPATH="$work/go" GOMODCACHE="$work/go/modules" GOCACHE="$work/go/build" GOBIN="$work/bin"
  find_go || fail "there is no Go command to build k6 with"
  say "Building k6 $version from its Go modules (about 2 minutes on 2 cores, once)"
  export GOTOOLCHAIN=auto CGO_ENABLED=0 GOFLAGS=-modcacherw
  # This downloads what the build needs. Its module's folder lists the packages.
  total="$({ cd / && "$go" mod download "go.k6.io/k6@v$version"; } >&2 &&
    "$go" -C "$GOMODCACHE/go.k6.io/k6@v$version" list -mod=readonly -deps . 2>"$work/log" | wc -l)" ||
    fail "can't build k6 $version" "$(tail -n 5 "$work/log")"
  "$go" install -v -trimpath -ldflags "-s -w" "go.k6.io/k6@v$version" 2>&1 | count_packages "$total" ||
    fail "can't build k6 $version" "The messages above give the reason."
  mkdir -p "$(dirname "$binary")"
  mv -- "$work/bin/k6" "$binary.partial"
  mv -- "$binary.partial" "$binary"
fi

mkdir "$work/context"
cp "$(dirname "${BASH_SOURCE[0]}")/Dockerfile" "$work/context"
cp "$binary" "$work/context/k6"
build_image "$tag" "$work/context"
