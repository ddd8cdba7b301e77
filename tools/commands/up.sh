#!/usr/bin/env bash
# ./run up [ARGUMENT OF pulumi up]...: stands stack `local` up, proves it by one request, and shows
# its outputs.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/recover.sh
source "$checkout/tools/recover.sh"

prepare_packages
become_root up "$@"
# They hold the lock of the run that was killed.
end_orphans
take_run_lock
prepare_machine
if grep -qs '^ *gifticon-event:loadGenerator: *k6' "$checkout/Pulumi.local.yaml"; then prepare_generator; fi

# A running environment needs no more memory.
[[ -n "$(docker ps -q --filter "label=local-cloud.account=$LOCAL_CLOUD_ACCOUNT")" ]] || require_memory
free_stale_lock
[[ -e "$(state_file)" ]] || pulumi stack select --create --stack local --non-interactive >/dev/null
settle_pending_operations

if something_stopped; then
  say "Something has stopped since the last ./run up: comparing the state with what is there"
  set -- --refresh "$@"
fi

pulumi up --yes --skip-preview --suppress-progress --suppress-outputs --stack local "$@" ||
  fail "the environment is not up" "What failed is above. Once it is put right, ./run up goes on from there."
note_running_containers
pulumi stack output --stack local --json | node "$checkout/tools/first-request.ts"
