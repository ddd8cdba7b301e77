#!/usr/bin/env bash
# How hosts become members of the Swarm, and are asked to leave it.

# join_by ADDRESS TOKEN OWN-ADDRESS: joins this host by the manager at an address, as what the token makes it. It gets no tasks until swarm-node.sh has labelled it. By the
# engine's API with the request on standard input: the token must not stand in a process list.
join_by() {
  local -r manager=$1 token=$2 own=$3
  local answer
  answer=$(
    printf '%s' "$token" |
      jq -R --arg manager "$manager:2377" --arg own "$own" \
        '{ListenAddr: "0.0.0.0:2377", AdvertiseAddr: $own, DataPathAddr: $own, RemoteAddrs: [$manager], Availability: "pause", JoinToken: .}' |
      docker_api POST /swarm/join --max-time 45 --header 'Content-Type: application/json' --data-binary @-
  ) || return 1
  if [[ $answer == "" ]] || active; then return 0; fi
  say "the engine says: $(jq -r '.message // .' <<<"$answer")"
  # A join that timed out goes on in the background and would refuse the next.
  if [[ $(swarm_state) != inactive ]]; then docker swarm leave --force >&2 || true; fi
  return 1
}

active() { [[ $(swarm_state) == active ]]; }

# ask_host ADDRESS HOST-KEY WORD: what a host does for the first manager's key (leave.sh), from there.
ask_host() {
  local -r address=$1 key=$2 word=$3
  local known result=0
  known=$(mktemp) || return 1
  printf '%s %s\n' "$address" "$key" >"$known"
  ssh -F none -i "$STATE_DIR/leave-key" -o BatchMode=yes -o ConnectTimeout=5 -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile="$known" "root@$address" "$word" || result=$?
  rm -f "$known"
  return "$result"
}
