#!/usr/bin/env bash
# ./run destroy [ARGUMENT OF pulumi destroy]...: destroys stack `local`, and fails if anything of it
# is left.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/recover.sh
source "$checkout/tools/recover.sh"
# shellcheck source=tools/leftovers.sh
source "$checkout/tools/leftovers.sh"

# Removes Pulumi's advice to remove the stack, which would delete Pulumi.local.yaml. After Ctrl-C,
# Pulumi goes on writing until its steps have ended, so the filter ignores it.
without_hint() (
  trap '' INT TERM
  exec sed -u '/^The resources in the stack have been deleted, but/,/^If you want to remove the stack completely/d'
)

prepare_packages
become_root destroy "$@"
# Orphans of a killed run hold its lock.
end_orphans
take_run_lock
prepare_machine

refuse_renamed_stack
if [[ -e "$(state_file)" ]]; then
  free_stale_lock
  settle_pending_operations
  color=auto
  [[ ! -t 1 || -n ${NO_COLOR:-} ]] || color=always
  pulumi destroy --yes --skip-preview --suppress-progress --color "$color" --stack local "$@" | without_hint ||
    fail "the environment is not destroyed" "The messages above give the reason. When it is mended, ./run destroy continues."
  deployments="$(all_deployments local)"
else
  say "There is no state of stack local here"
  deployments='[]'
fi
# Deletes resources of a killed update that are in no state, or those of a lost state.
local-cloud sweep --stack local <<<"$deployments" ||
  fail "the state is empty, but not everything could be deleted" "See above; ./run clean removes it by force."
remove_images_of "$LOCAL_CLOUD_ACCOUNT"
rm -f -- "$(running_file)"

left="$(leftovers_of "$LOCAL_CLOUD_ACCOUNT")"
[[ -z $left ]] ||
  fail "the state is empty, but account $LOCAL_CLOUD_ACCOUNT still has:" "$left" "./run clean removes it."
say "Nothing is left of account $LOCAL_CLOUD_ACCOUNT"
