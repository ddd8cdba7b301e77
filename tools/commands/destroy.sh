#!/usr/bin/env bash
# ./run destroy [ARGUMENT OF pulumi destroy]...: takes stack `local` down, and fails when anything
# of it is left.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/recover.sh
source "$checkout/tools/recover.sh"
# shellcheck source=tools/leftovers.sh
source "$checkout/tools/leftovers.sh"

prepare_packages
become_root destroy "$@"
# They hold the lock of the run that was killed.
end_orphans
take_run_lock
prepare_machine

if [[ -e "$(state_file)" ]]; then
  free_stale_lock
  settle_pending_operations
  pulumi destroy --yes --skip-preview --suppress-progress --stack local "$@" ||
    fail "the environment is not down" "What failed is above. Once it is put right, ./run destroy goes on from there."
  deployment="$(pulumi stack export --stack local)"
else
  say "There is no state of stack local here"
  deployment='{"deployment": {}}'
fi
# Remove resources of a killed update that no state records, or of a lost state.
local-cloud sweep --stack local <<<"$deployment" ||
  fail "the state is empty, but not everything could be deleted" "See above; ./run clean removes it by force."
remove_images_of "$LOCAL_CLOUD_ACCOUNT"
rm -f -- "$(running_file)"

left="$(leftovers_of "$LOCAL_CLOUD_ACCOUNT")"
[[ -z $left ]] ||
  fail "the state is empty, but account $LOCAL_CLOUD_ACCOUNT still has:" "$left" "./run clean removes it."
say "Nothing is left of account $LOCAL_CLOUD_ACCOUNT"
