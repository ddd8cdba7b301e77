#!/usr/bin/env bash
# Builds a stand-in for the official apache/kafka image from the jars that Maven serves.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
# shellcheck source=tools/packages.sh
source "$checkout/tools/packages.sh"

here="$(dirname "${BASH_SOURCE[0]}")"
tag="$1"
version="${tag##*:}"
libs="$cache/images/kafka-$version-libs"

work="$(mktemp -d)"
trap 'rm -rf -- "$work"' EXIT

if [[ ! -d $libs ]]; then
  if ! have mvn; then
    # The Java package links its manuals into this folder, which a slim system lacks.
    as_root mkdir -p /usr/share/man/man1
    install_packages "to fetch Kafka's jars" maven
  fi
  # `-C`: a checksum that doesn't match is an error.
  mvn -B -q -C "-Dmaven.repo.local=$work/repository" -f "$here/pom.xml" "-Dkafka.version=$version" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime "-DoutputDirectory=$work/libs" >"$work/log" 2>&1 ||
    fail "Maven can't fetch the jars of Kafka $version" "$(tail -n 5 "$work/log")"
  mkdir -p "$(dirname "$libs")"
  rm -rf -- "$libs.partial"
  mv -- "$work/libs" "$libs.partial"
  mv -- "$libs.partial" "$libs"
fi

mkdir "$work/context"
cp "$here/Dockerfile" "$work/context"
cp -r "$libs" "$work/context/libs"
build_image "$tag" "$work/context"
