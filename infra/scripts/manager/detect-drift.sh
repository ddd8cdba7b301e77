#!/usr/bin/env bash
# Compares the Swarm with the records of what the program applied. Prints the repair of each object,
# as JSON by key: its last one, or a new one when the object has drifted. The same drift always gets
# the same new repair. Runs on the manager and changes nothing.
# uses: applied-state
# values: HOST_DRIFT[]
# HOST_DRIFT holds KIND NAME DIGEST of each drift that a host observed (infra/drift/host-drift.ts).

# The repair of each object, by key.
declare -A repairs=()
# Keys and digests of the nodes that have drifted.
drifted_nodes=""

main() {
  if [[ -d $RECORD_DIR ]]; then detect; fi
  local key
  for key in "${!repairs[@]}"; do printf '%s %s\n' "$key" "${repairs[$key]}"; done |
    jq -Rnc '[inputs | split(" ") | {(.[0]): .[1]}] | add // {}'
}

# Fills `repairs`. Stacks come last, because their repair depends on the nodes.
detect() {
  local condition file key repair kind stacks=()
  condition=$(swarm_condition)
  for file in "$RECORD_DIR"/*; do
    key=${file##*/}
    read -r repair kind _ <"$file"
    repairs[$key]=$repair
    # Without a working Swarm only the Swarm itself can be repaired.
    if [[ $condition != works && $kind != swarm ]]; then continue; fi
    if [[ $condition == leaderless ]]; then
      repairs[$key]=$(next_repair "$repair" leaderless)
    elif [[ $kind == stack ]]; then
      stacks+=("$key")
    else
      detect_object "$key"
    fi
  done
  for key in "${stacks[@]}"; do detect_stack "$key"; done
}

# Prints the condition of the Swarm: `works`, `absent`, or `leaderless` when its managers have no
# quorum. Fails when a single manager has an error: then no drift can be detected or repaired.
swarm_condition() {
  local info
  info=$(docker_api GET /info | jq -r '"\(.Swarm.ControlAvailable) \(.Swarm.Error)"')
  case $info in
    "true ") echo works ;;
    false*) echo absent ;;
    *)
      several_managers || fail "The Swarm's manager reports an error: ${info#true }"
      echo leaderless
      ;;
  esac
}

# Succeeds when the Swarm has several managers: swarm-init.sh lists their hosts, one a line.
several_managers() { [[ $(wc -l 2>/dev/null <"$STATE_DIR/managers") -gt 1 ]]; }

# detect_object KEY: sets a new repair when an object has drifted and can be repaired.
detect_object() {
  local -r key=$1
  local repair kind name digest now
  read -r repair kind name digest <"$RECORD_DIR/$key"
  now=$(current_digest "$kind" "$name")
  if [[ $now == "$digest" ]] || ! can_repair "$kind" "$name" "$now"; then return; fi
  if [[ $kind == member && $now == gone ]]; then
    # The host joins again only if it still is that node (swarm-join.sh).
    repairs[$key]=gone-${name%/*}
  else
    repairs[$key]=$(next_repair "$repair" "$now")
  fi
  case $kind in
    node | earlier | member | images) drifted_nodes+="$key $now " ;;
  esac
}

# detect_stack KEY: sets a new repair when a stack or any node has drifted. The deployment then
# waits until the stack is healthy on the repaired nodes.
detect_stack() {
  local -r key=$1
  local repair kind name digest now
  read -r repair kind name digest <"$RECORD_DIR/$key"
  now=$(current_digest "$kind" "$name")
  if [[ $now == "$digest" && $drifted_nodes == "" ]]; then return; fi
  repairs[$key]=$(next_repair "$repair" "$now" "$drifted_nodes")
}

# current_digest KIND NAME: prints a digest of an object's state, or that of the drift that its host
# observed.
current_digest() {
  local drift
  for drift in "${HOST_DRIFT[@]}"; do
    if [[ $drift == "$1 $2 "* ]]; then
      echo "${drift##* }"
      return
    fi
  done
  state_digest "$1" "$2"
}

# next_repair REPAIR DIGEST [NODES]: prints a new repair. Its name contains a digest of the last
# repair and of the drift.
next_repair() {
  local found=changed
  if [[ $2 == gone ]]; then found=gone; fi
  echo "$found-$(short_digest "$*")"
}

# can_repair KIND NAME DIGEST: succeeds when the object's script can repair the drift. A membership
# needs a host that answers; a host that does not is replaced. A removed node joins again first.
can_repair() {
  local -r kind=$1 name=$2 now=$3
  case $kind in
    member) timeout 2 bash -c "exec 3<>/dev/tcp/${name#*/}/22" 2>/dev/null ;;
    node) [[ $now != gone ]] ;;
  esac
}

main </dev/null
