#!/usr/bin/env bash
# ./run replay [--all]: puts dead letters of the local environment back on the topic. It runs the
# issuer's own command in its container.
set -euo pipefail
# shellcheck source=tools/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/../prepare.sh"

usage="Usage: ./run replay [--all]

Puts the dead letters that can be read now back on the topic of the local environment.

  --all  also those that can't be read; the issuer makes new dead letters of them"
for argument in "$@"; do
  case "$argument" in
    --all) ;;
    -h | --help)
      printf '%s\n' "$usage"
      exit
      ;;
    *)
      printf 'error: there is no option %s\n\n%s\n' "$argument" "$usage" >&2
      exit 2
      ;;
  esac
done

prepare_packages
become_root replay "$@"
have docker || fail "there is no Docker engine, so no environment runs here" "./run up starts it."

issuer_name="$(node --input-type=module --eval \
  'import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts"; process.stdout.write(SWARM_SERVICES.issuer)')"
hosts="$(docker ps -q --filter "label=local-cloud.account=$LOCAL_CLOUD_ACCOUNT" --filter label=local-cloud.type=aws:ec2/instance:Instance)"
for host in $hosts; do
  issuer="$(docker exec "$host" docker ps -q --filter "name=$issuer_name" --filter health=healthy)"
  if [[ -n $issuer ]]; then exec docker exec "$host" docker exec "${issuer%%$'\n'*}" node main.mjs replay "$@"; fi
done
fail "no healthy gifticon issuer runs in account $LOCAL_CLOUD_ACCOUNT" "./run up starts the environment. In mode direct there is no issuer, and there are no dead letters."
