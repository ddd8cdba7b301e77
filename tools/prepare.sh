# shellcheck shell=bash
# Prepares the machine for the commands, in idempotent steps. Sourced.

# shellcheck source=tools/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=tools/dependencies.sh
source "$checkout/tools/dependencies.sh"
# shellcheck source=tools/docker-engine.sh
source "$checkout/tools/docker-engine.sh"

# Memory of an environment of seven hosts, the engine with its plugins, and a build at the same
# time. The end-to-end test took 2,600 MiB. The hosts' limits add up to more, but are not reached.
# docs/run-locally.md has the same figure in GiB.
memory_needed_mib=3500

require_linux() {
  [[ "$(uname -s)" == Linux ]] || fail "the local cloud needs Linux, and this is $(uname -s)" "Use a Linux machine or a virtual one."
}

available_mib() { awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo; }

require_memory() {
  local available
  available="$(available_mib)"
  ((available >= memory_needed_mib)) ||
    fail "the local environment needs $memory_needed_mib MiB of free memory, and this machine has $available" \
      "Stop other programs, or use a bigger machine."
}

# Installs Node.js and the packages, which the checks and the unit tests need.
prepare_packages() { dependencies_installed || with_lock packages install_dependencies; }

# Provides the Pulumi CLI and its variables. Called after prepare_packages.
prepare_pulumi() {
  ensure_pulumi
  set_environment
  if [[ $PULUMI_BACKEND_URL == "file://$checkout/.local/state" ]]; then install -d -m 700 "$checkout/.local/state"; fi
}

# Prepares everything that stack `local` needs.
prepare_machine() {
  require_linux
  prepare_pulumi
  ensure_engine
  "$checkout/tools/base-images/ensure.sh"
  "$checkout/local-cloud/images/build.sh"
  "$checkout/tools/plugins.sh"
}

# Provides the image of the load generator. Building it takes minutes if no registry answers.
prepare_generator() { "$checkout/tools/base-images/ensure.sh" grafana/k6:1.8.1; }
