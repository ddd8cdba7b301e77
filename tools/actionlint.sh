# shellcheck shell=bash
# Provides actionlint, which checks the workflows: built once, in the pinned version, in the user's
# cache. Sourced after lib.sh, packages.sh and pulumi.sh.
: "${checkout:?}" "${cache:?}"

actionlint_version="$(sed -n 's/.*github.com\/rhysd\/actionlint v\([0-9.]*\).*/\1/p' "$checkout/tools/actionlint/go.mod")"
actionlint_cached="$cache/actionlint/$actionlint_version"

actionlint_build() {
  local go work="$actionlint_cached.partial"
  [[ ! -x $actionlint_cached/actionlint ]] || return 0
  find_go || fail "there is no Go to build actionlint with"
  say "Building actionlint $actionlint_version from its Go module (20 s, once)"
  mkdir -p "$work"
  env GOTOOLCHAIN=auto GOFLAGS="-mod=readonly -modcacherw" "$go" -C "$checkout/tools/actionlint" build -trimpath -buildvcs=false \
    -ldflags "-s -w" -o "$work/actionlint" github.com/rhysd/actionlint/cmd/actionlint ||
    fail "actionlint can't be built" "The messages above say why."
  rm -rf -- "$actionlint_cached"
  mv -- "$work" "$actionlint_cached"
}

# Builds actionlint if it is missing, and puts it on PATH.
ensure_actionlint() {
  with_lock actionlint actionlint_build
  PATH="$actionlint_cached:$PATH"
}
