#!/usr/bin/env bash
# ./run up [ARGUMENT OF pulumi up]...: starts stack `local`, proves by one request that it works,
# and shows its outputs.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"
# shellcheck source=tools/recover.sh
source "$checkout/tools/recover.sh"

prepare_packages
become_root up "$@"
# Orphans of a killed run hold its lock.
end_orphans
take_run_lock
refuse_renamed_stack
prepare_machine
if grep -qs '^ *gifticon-event:loadGenerator: *k6' "$checkout/Pulumi.local.yaml"; then prepare_generator; fi

# A running environment needs no more memory.
[[ -n "$(docker ps -q --filter "label=local-cloud.account=$LOCAL_CLOUD_ACCOUNT")" ]] || require_memory
free_stale_lock
ensure_stack
settle_pending_operations

if something_stopped; then
  say "Something has stopped since the last ./run up: comparing the state with the machine"
  set -- --refresh "$@"
fi

pulumi up --yes --skip-preview --suppress-progress --suppress-outputs --stack local "$@" ||
  fail "the environment is not up" "The messages above give the reason. When it is mended, ./run up continues."
note_running_containers
pulumi stack output --stack local --json | node "$checkout/tools/first-request.ts"
