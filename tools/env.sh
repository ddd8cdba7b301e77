# shellcheck shell=bash
# Sets the environment of stack `local`: PATH and variables for the Pulumi CLI, local-cloud and the
# tests. Bash sources it from any folder. It keeps variables that are set, so that a test or a user
# can have another state or account.
#
#     source tools/env.sh && pulumi preview --diff --stack local

# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tools/packages.sh
source "$checkout/tools/packages.sh"
# shellcheck source=tools/pulumi.sh
source "$checkout/tools/pulumi.sh"

# Prints the account of a checkout, 12 digits. local-cloud derives it from the path the same way.
account_of() { printf '%012d\n' "$((16#$(printf %s "$1" | sha256sum | cut -c 1-12) % 1000000000000))"; }

# Moves directories to the front of PATH.
prepend_path() {
  local directory rest
  for directory in "$@"; do
    rest=":$PATH:"
    rest="${rest//:$directory:/:}"
    PATH="$directory${rest%:}"
  done
}

# Prints the region of stack `local`.
region() {
  local name
  name="$(sed -n 's/^ *aws:region: *//p' "$checkout/Pulumi.local.yaml")"
  printf '%s\n' "${name:-ap-northeast-2}"
}

set_environment() {
  local pulumi
  # The local cloud's internet and its load balancers. No command of stack `local` calls those of
  # AWS.
  exempt_from_proxy 198.18.0.0/15 .elb.amazonaws.com
  if pulumi="$(pulumi_directory)"; then prepend_path "$pulumi"; fi
  # node_modules comes first, so that its Node.js 24 runs the program whatever the machine has.
  prepend_path "$checkout/local-cloud/bin" "$checkout/node_modules/.bin"
  export PATH

  export LOCAL_CLOUD_ACCOUNT="${LOCAL_CLOUD_ACCOUNT:-$(account_of "$checkout")}"
  export LOCAL_CLOUD_CACHE="${LOCAL_CLOUD_CACHE:-$cache/local-cloud}"
  # Parsing the SDKs takes most of the time of each start, so compiled code is cached.
  export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$cache/node}"
  export PULUMI_BACKEND_URL="${PULUMI_BACKEND_URL:-file://$checkout/.local/state}"
  # Encrypts the secrets of a stack that exists only on this machine. The passphrase need not be
  # secret: only this user can read the state's folder, and whoever may use the machine's Docker
  # engine can read more than the state holds.
  export PULUMI_CONFIG_PASSPHRASE="${PULUMI_CONFIG_PASSPHRASE:-local}"
  # Plugins and workspaces of this checkout alone; tools/plugins.sh fills it. So no stand-in gets
  # into the user's own home.
  export PULUMI_HOME="$checkout/.local/pulumi"
  export PULUMI_IGNORE_AMBIENT_PLUGINS=true
  export PULUMI_SKIP_UPDATE_CHECK="${PULUMI_SKIP_UPDATE_CHECK:-true}"
  # An update never waits for a download.
  export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="${PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION:-true}"
}

set_environment
