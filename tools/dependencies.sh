# shellcheck shell=bash
# Node.js and the packages of package-lock.json. Sourced after lib.sh and packages.sh.
: "${checkout:?}"

# Reports whether node_modules matches package-lock.json. (npm writes its own list last, so after an
# interrupted installation there is none.)
dependencies_installed() {
  [[ -x $checkout/node_modules/.bin/node && -e $checkout/node_modules/.package-lock.json ]] &&
    "$checkout/node_modules/.bin/node" "$checkout/tools/dependencies-installed.ts"
}

# Links Node.js into .bin. npm before version 10 removes the link together with the package for the
# other architecture, which has the same link.
link_node() {
  local binary
  for binary in "$checkout"/node_modules/node-linux-*/bin/node; do
    [[ ! -x $binary ]] || ln -sfn "../${binary#"$checkout/node_modules/"}" "$checkout/node_modules/.bin/node"
  done
}

install_dependencies() {
  ! dependencies_installed || return 0
  # Any Node.js that can run npm will do: the packages bring the Node.js that runs everything else.
  have npm || install_packages "to install the project's packages" npm
  say "Installing the packages of package-lock.json"
  local log="$checkout/.local/npm-ci.log"
  mkdir -p "$checkout/.local"
  if ! (cd "$checkout" && npm ci --no-progress) >"$log" 2>&1; then
    fail "npm can't install the project's packages" "$(grep -iv '^npm warn' "$log" | tail -n 10)" "All of its output: $log"
  fi
  link_node
  dependencies_installed ||
    fail "npm ci succeeded, but node_modules has no Node.js for this machine ($(uname -m))" \
      "The project's Node.js comes with npm packages for x86_64 and aarch64 on Linux."
}
