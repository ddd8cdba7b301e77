# shellcheck shell=bash
# Installs packages of Debian and its derivatives. Sourced after lib.sh.

# install_packages PURPOSE PACKAGE...: installs the packages that are missing.
install_packages() {
  local why="$1" package missing=()
  shift
  if ! have apt-get; then
    fail "a tool is missing ($why), and this machine has no apt-get to install it with" \
      "Install what your distribution has for these Debian packages, then run the same command again:" "  $*"
  fi
  for package in "$@"; do
    [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "Installing ${missing[*]} ($why)"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq)
  # The package lists of a fresh machine are absent or out of date, so update them after a failure.
  if ! as_root "${install[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    as_root "${install[@]}" update ||
      warn "the package lists can't be updated: trying with the present ones"
    as_root "${install[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null ||
      fail "can't install ${missing[*]} ($why)" "The messages of apt-get are above. Its sources are in /etc/apt/sources.list.d."
  fi
}

# install_without_starting PURPOSE PACKAGE...: installs packages without starting their services,
# such as an SSH server.
install_without_starting() {
  local policy=/usr/sbin/policy-rc.d
  if [[ -e $policy ]]; then
    install_packages "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
  # A subshell removes the policy at its end, even after a failure.
  (
    trap 'as_root rm -f -- "$policy"' EXIT
    install_packages "$@"
  )
}
