#!/usr/bin/env bash
# Puts the provider plugins of stack `local` into the checkout's own PULUMI_HOME, where the engine
# finds them by name and version. `aws` is always local-cloud's. `command`, `docker`, `random` and
# `tls` are the real ones if the Pulumi CLI can download them, or else local-cloud's stand-ins.
#
# A checkout decides that once, because the providers of a state must not change. The decision is in
# .local/plugins, and LOCAL_CLOUD_PLUGINS=real or =stand-ins overrides it the first time.
#
# The engine warns of each plugin that it finds on PATH, and a home that all checkouts share would
# give one checkout the providers of another.
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

decision="$checkout/.local/plugins"
plugins=(command docker random tls)
# All checkouts of the user share the downloads.
downloads="$cache/pulumi/home"

# version_of PLUGIN: prints the version of its SDK, for which the SDK asks the engine.
version_of() { sed -n "s/.*\"@pulumi\/$1\": \"\(.*\)\".*/\1/p" "$checkout/package.json"; }

# downloaded PLUGIN: prints the path at which the CLI puts its executable.
downloaded() { printf '%s\n' "$downloads/plugins/resource-$1-v$(version_of "$1")/pulumi-resource-$1"; }

download() {
  local plugin
  for plugin in "${plugins[@]}"; do
    [[ ! -x "$(downloaded "$plugin")" ]] || continue
    # The timeout is for a network that drops packets. Without a network, the CLI fails at once.
    PULUMI_HOME="$downloads" timeout 180 pulumi plugin install resource "$plugin" "$(version_of "$plugin")" --exact \
      >/dev/null 2>&1 || return 1
  done
}

decide() {
  local choice="${LOCAL_CLOUD_PLUGINS:-}"
  case "$choice" in
    "")
      say "Looking for the Pulumi plugins ${plugins[*]}"
      if download; then choice=real; else choice=stand-ins; fi
      ;;
    real) download || fail "the Pulumi plugins ${plugins[*]} can't be downloaded, and LOCAL_CLOUD_PLUGINS=real asks for them" ;;
    stand-ins) ;;
    *) fail "LOCAL_CLOUD_PLUGINS is $choice" "Allowed: real, stand-ins, or unset." ;;
  esac
  [[ $choice == real ]] ||
    say "The real plugins ${plugins[*]} can't be downloaded: the local cloud's stand-ins serve the same resources"
  mkdir -p "${decision%/*}"
  printf '%s\n' "$choice" >"$decision.partial"
  mv -- "$decision.partial" "$decision"
}

# install PLUGIN EXECUTABLE: links a plugin, so that changes in the checkout take effect at once.
install() {
  local plugin="$1" executable="$2" folder
  folder="$PULUMI_HOME/plugins/resource-$plugin-v$(version_of "$plugin")"
  [[ "$(readlink "$folder/pulumi-resource-$plugin")" != "$executable" ]] || return 0
  rm -rf -- "$PULUMI_HOME/plugins/resource-$plugin-v"*
  mkdir -p "$folder"
  ln -s "$executable" "$folder/pulumi-resource-$plugin"
}

[[ -s $decision ]] || decide
install aws "$checkout/local-cloud/bin/pulumi-resource-aws"
if [[ "$(<"$decision")" == real ]]; then
  download || fail "the Pulumi plugins ${plugins[*]} can't be downloaded, and this checkout uses the real ones" \
    "Run it again with a network; or ./run destroy the environment, remove $decision, and run it again."
  for plugin in "${plugins[@]}"; do install "$plugin" "$(downloaded "$plugin")"; done
else
  for plugin in "${plugins[@]}"; do install "$plugin" "$checkout/local-cloud/stand-ins/bin/pulumi-resource-$plugin"; done
fi
