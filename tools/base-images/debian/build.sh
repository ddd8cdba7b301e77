#!/usr/bin/env bash
# Builds a stand-in for the official debian:trixie-slim from Debian's packages. It is for machines
# that reach Debian's packages and no image registry.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
# shellcheck source=tools/packages.sh
source "$checkout/tools/packages.sh"

tag="$1"
suite=trixie
archive="$cache/images/debian-$suite-$(dpkg --print-architecture).tar.gz"

if [[ ! -e $archive ]]; then
  # All users of the image may read the files written below.
  umask 022
  install_packages "to make a Debian base system" debootstrap debian-archive-keyring
  work="$(mktemp -d)"
  trap 'as_root rm -rf -- "$work"' EXIT
  root="$work/root"
  as_root debootstrap --variant=minbase "$suite" "$root" >"$work/log" 2>&1 ||
    fail "debootstrap can't make a Debian $suite base system" "$(tail -n 5 "$work/log")"

  # Updates and security fixes come from the mirror that debootstrap used.
  mirror="$(awk '$1 == "deb" { print $2; exit }' "$root/etc/apt/sources.list")"
  as_root tee "$root/etc/apt/sources.list" >/dev/null <<SOURCES
deb $mirror $suite main
deb $mirror $suite-updates main
deb ${mirror%/}-security $suite-security main
SOURCES

  # As in the official slim image: no manuals, no package caches, no daemon started at installation.
  as_root tee "$root/etc/dpkg/dpkg.cfg.d/docker" >/dev/null <<'DPKG'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
force-unsafe-io
DPKG
  as_root tee "$root/etc/apt/apt.conf.d/docker-clean" >/dev/null <<'APT'
APT::Keep-Downloaded-Packages "false";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Acquire::Languages "none";
APT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$root/usr/sbin/policy-rc.d" >/dev/null
  as_root chmod 755 "$root/usr/sbin/policy-rc.d"
  # Remove what debootstrap copied from this machine, and files that the rules above exclude.
  as_root rm -f -- "$root/etc/hostname" "$root/etc/resolv.conf"
  # shellcheck disable=SC2016 # the inner shell expands it
  as_root sh -c 'cd "$1" && rm -rf -- usr/share/man/* usr/share/info/* usr/share/locale/* var/cache/apt/* var/lib/apt/lists/* var/log/*.log \
    && find usr/share/doc -type f ! -name copyright -delete' sh "$root"

  mkdir -p "$(dirname "$archive")"
  as_root tar -C "$root" --numeric-owner --one-file-system -czf "$work/archive" .
  mv -- "$work/archive" "$archive.$$"
  mv -- "$archive.$$" "$archive"
fi

docker import --change 'CMD ["bash"]' --change 'LABEL gifticon-event.stand-in=true' "$archive" "$tag" >/dev/null
