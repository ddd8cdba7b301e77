#!/usr/bin/env bash
# Decides where the plugins of `command`, `docker`, `random` and `tls` come from for the stack local, once for a checkout (its state must
# not change hands): the real ones, where the Pulumi CLI can download them, else local-cloud's stand-ins. The decision is the one word
# in .local/plugins; LOCAL_CLOUD_PLUGINS=real or =stand-ins makes it by hand.
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

decision="$checkout/.local/plugins"
plugins=(command docker random tls)

install_real() {
  local plugin version
  for plugin in "${plugins[@]}"; do
    version="$(sed -n 's/^  "version": "\(.*\)",/\1/p' "$checkout/node_modules/@pulumi/$plugin/package.json")"
    # A network without a way out fails at once; one that swallows packets would keep the CLI waiting.
    timeout 180 pulumi plugin install resource "$plugin" "$version" --exact >/dev/null 2>&1 || return 1
  done
}

[[ ! -s $decision ]] || exit 0
choice="${LOCAL_CLOUD_PLUGINS:-}"
case "$choice" in
  "")
    say "Looking for the Pulumi plugins ${plugins[*]}"
    if install_real; then choice=real; else choice=stand-ins; fi
    ;;
  real) install_real || fail "the Pulumi plugins ${plugins[*]} can't be downloaded, and LOCAL_CLOUD_PLUGINS=real asks for them" ;;
  stand-ins) ;;
  *) fail "LOCAL_CLOUD_PLUGINS is $choice" "Allowed: real, stand-ins, or unset." ;;
esac
[[ $choice == real ]] ||
  say "The real plugins ${plugins[*]} can't be had from here: the local cloud's stand-ins serve the same resources"
mkdir -p "${decision%/*}"
printf '%s\n' "$choice" >"$decision.partial"
mv -- "$decision.partial" "$decision"
