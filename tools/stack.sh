# shellcheck shell=bash
# Prepares commands that inspect a stack over SSH: finds its state and its hosts. Sourced by
# tools/commands/.

tools="$(dirname "${BASH_SOURCE[0]}")"

# prepare_for_stack COMMAND ARGUMENT...: prepares for the stack that `--stack` names, by default
# `local`.
prepare_for_stack() {
  local command="$1" stack=local previous="" argument
  shift
  for argument in "$@"; do
    if [[ $previous == --stack ]]; then stack="$argument"; fi
    if [[ $argument == --stack=* ]]; then stack="${argument#--stack=}"; fi
    previous="$argument"
  done

  if [[ $stack == local ]]; then
    # shellcheck source=tools/prepare.sh
    source "$tools/prepare.sh"
    prepare_packages
    become_root "$command" "$@"
    prepare_pulumi
    # shellcheck source=tools/recover.sh
    source "$tools/recover.sh"
    refuse_renamed_stack
    local-cloud restore || warn "the names of the environment may not resolve"
  else
    # The user's own Pulumi CLI and variables find the state of another stack.
    # shellcheck source=tools/lib.sh
    source "$tools/lib.sh"
    # shellcheck source=tools/packages.sh
    source "$tools/packages.sh"
    # shellcheck source=tools/dependencies.sh
    source "$tools/dependencies.sh"
    dependencies_installed || with_lock packages install_dependencies
    have pulumi || fail "there is no Pulumi CLI on PATH to find stack $stack" "Install it: https://www.pulumi.com/docs/install/"
    PATH="$checkout/node_modules/.bin:$PATH"
  fi
  have ssh || install_packages "to reach the hosts" openssh-client
  cd "$checkout" || return
}
