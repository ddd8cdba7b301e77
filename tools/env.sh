# shellcheck shell=bash
# The environment of stack `local`: what the Pulumi CLI, local-cloud and the tests find on PATH and in variables. Sourced by bash from
# any folder; what is set already stays, so that a test or a user can have another state or account.
#
#     source tools/env.sh && pulumi preview --diff --stack local

# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tools/packages.sh
source "$checkout/tools/packages.sh"
# shellcheck source=tools/pulumi.sh
source "$checkout/tools/pulumi.sh"

# The account of a checkout, as local-cloud derives it from the path: 12 digits.
account_of() { printf '%012d\n' "$((16#$(printf %s "$1" | sha256sum | cut -c 1-12) % 1000000000000))"; }

# Puts directories first on PATH, each of them once.
prepend_path() {
  local directory rest
  for directory in "$@"; do
    rest=":$PATH:"
    rest="${rest//:$directory:/:}"
    PATH="$directory${rest%:}"
  done
}

# The region of stack `local`.
region() {
  local name
  name="$(sed -n 's/^ *aws:region: *//p' "$checkout/Pulumi.local.yaml")"
  printf '%s\n' "${name:-ap-northeast-2}"
}

set_environment() {
  local pulumi
  # The local cloud's internet, and its load balancers. No command of stack `local` asks those of
  # AWS.
  exempt_from_proxy 198.18.0.0/15 .elb.amazonaws.com
  if pulumi="$(pulumi_directory)"; then prepend_path "$pulumi"; fi
  # node_modules comes first, so that its Node.js 24 runs the program whatever the machine has.
  prepend_path "$checkout/local-cloud/bin" "$checkout/node_modules/.bin"
  export PATH

  export LOCAL_CLOUD_ACCOUNT="${LOCAL_CLOUD_ACCOUNT:-$(account_of "$checkout")}"
  export LOCAL_CLOUD_CACHE="${LOCAL_CLOUD_CACHE:-$cache/local-cloud}"
  # Parsing the SDKs is much of what each start of the program and of the providers takes.
  export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$cache/node}"
  export PULUMI_BACKEND_URL="${PULUMI_BACKEND_URL:-file://$checkout/.local/state}"
  # Encrypts the secrets of a stack that lives and ends on this machine. It is no secret: the state
  # folder is its user's alone, and who may use the machine's Docker engine can read more than the
  # state holds.
  export PULUMI_CONFIG_PASSPHRASE="${PULUMI_CONFIG_PASSPHRASE:-local}"
  # Plugins and workspaces of this checkout alone: tools/plugins.sh fills it. A home of the user's
  # never gets a plugin that stands in.
  export PULUMI_HOME="$checkout/.local/pulumi"
  export PULUMI_IGNORE_AMBIENT_PLUGINS=true
  export PULUMI_SKIP_UPDATE_CHECK="${PULUMI_SKIP_UPDATE_CHECK:-true}"
  # An update never waits for a download.
  export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="${PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION:-true}"
}

set_environment
