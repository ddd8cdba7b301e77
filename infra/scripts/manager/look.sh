#!/usr/bin/env bash
# Compares the Swarm with what the program put there, on the manager. Prints the repair that each thing had last or, where it is no longer as it was put,
# the one that it needs, as JSON by key: another word for each, and the same one however often it is asked. Changes nothing.
# uses: put
# OBSERVED: KIND NAME DIGEST of each thing that its host has found damaged (infra/drift/observation.ts).
# values: OBSERVED[]

# By key.
declare -A repairs=()
# What the nodes are that have changed: a stack is deployed again, and waited for, when one of them comes back.
changed_nodes=""

main() {
  if [[ -d $PUT_DIR ]]; then look; fi
  local key
  for key in "${!repairs[@]}"; do printf '%s %s\n' "$key" "${repairs[$key]}"; done |
    jq -Rnc '[inputs | split(" ") | {(.[0]): .[1]}] | add // {}'
}

look() {
  local file key repair kind name digest now stacks=()
  # Without a Swarm there is nothing in it; with one whose managers can't agree, nothing can be told. Where there are several, that has to be seen to first.
  local info leaderless=false
  info=$(docker_api GET /info | jq -r '"\(.Swarm.ControlAvailable) \(.Swarm.Error)"')
  if [[ $info != "true " && $info != false* ]]; then
    several_managers || fail "the Swarm can't be asked: ${info#true }"
    leaderless=true
  fi
  for file in "$PUT_DIR"/*; do
    key=${file##*/}
    read -r repair kind name digest <"$file"
    repairs[$key]=$repair
    if [[ $leaderless == true ]]; then
      if [[ $kind == swarm ]]; then repairs[$key]=$(next "$repair" leaderless); fi
      continue
    fi
    if [[ $info == false* && $kind != swarm ]]; then continue; fi
    if [[ $kind == stack ]]; then
      stacks+=("$key")
      continue
    fi
    now=$(found_now "$kind" "$name")
    if [[ $now == "$digest" ]] || ! mendable "$kind" "$name" "$now"; then continue; fi
    # A host is told which node is gone: it may be another one by now.
    if [[ $kind == member && $now == gone ]]; then repairs[$key]=gone-${name%/*}; else repairs[$key]=$(next "$repair" "$now"); fi
    if [[ $kind == node || $kind == earlier || $kind == member || $kind == images ]]; then changed_nodes+="$key $now "; fi
  done
  for key in "${stacks[@]}"; do
    read -r repair kind name digest <"$PUT_DIR/$key"
    now=$(found_now "$kind" "$name")
    if [[ $now != "$digest" || $changed_nodes != "" ]]; then repairs[$key]=$(next "$repair" "$now" "$changed_nodes"); fi
  done
}

# found_now KIND NAME: a digest of how it is now. Another one where its host has found it damaged.
found_now() {
  local damage
  for damage in "${OBSERVED[@]}"; do
    if [[ $damage == "$1 $2 "* ]]; then
      echo "${damage##* }"
      return
    fi
  done
  digest_of "$1" "$2"
}

# swarm-init.sh keeps a line of each.
several_managers() { [[ $(wc -l 2>/dev/null <"$STATE_DIR/managers") -gt 1 ]]; }

# next REPAIR NOW [MORE]: the repair that follows, named by what was found.
next() {
  local found=changed
  if [[ $2 == gone ]]; then found=gone; fi
  echo "$found-$(digest "$*")"
}

# A host that doesn't answer is replaced, not joined again; the node of one that is no longer in the list comes back by joining.
mendable() {
  local -r kind=$1 name=$2 now=$3
  case $kind in
    member) timeout 2 bash -c "exec 3<>/dev/tcp/${name#*/}/22" 2>/dev/null ;;
    node) [[ $now != gone ]] ;;
  esac
}

main </dev/null
