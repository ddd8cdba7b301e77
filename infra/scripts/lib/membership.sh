#!/usr/bin/env bash
# Functions that change the Swarm's members: a host joins, or leaves to join again, and the first
# manager asks another host to leave or to admit it.
# values: SWARM_PORT

# join_by ADDRESS TOKEN OWN-ADDRESS: joins this host to the Swarm of the manager at ADDRESS. The
# token decides whether it becomes a manager or a worker. The new node is paused: it gets no tasks
# until swarm-node.sh has labelled it. The token is sent on standard input, so that no process list
# shows it.
join_by() {
  local -r manager=$1 token=$2 own=$3
  local answer
  answer=$(
    printf '%s' "$token" |
      jq -R --arg manager "$manager:$SWARM_PORT" --arg own "$own" --arg all "0.0.0.0:$SWARM_PORT" \
        '{ListenAddr: $all, AdvertiseAddr: $own, DataPathAddr: $own, RemoteAddrs: [$manager], Availability: "pause", JoinToken: .}' |
      docker_api POST /swarm/join --max-time 45 --header 'Content-Type: application/json' --data-binary @-
  ) || return 1
  if [[ $answer == "" ]] || active; then return 0; fi
  say "The engine answered: $(jq -r '.message // .' <<<"$answer")"
  # A join that timed out continues in the background, and the engine refuses another one until it
  # ends.
  if [[ $(swarm_state) != inactive ]]; then leave_to_join_again || true; fi
  return 1
}

# leave_to_join_again: leaves the Swarm by force, and restarts the engine. Without the restart the
# engine may keep parts of its overlay networks. Then tasks fail with "error creating vxlan
# interface: file exists", or the gossip ignores the engine ("unknown to memberlist") and no name of
# another host resolves.
leave_to_join_again() {
  docker swarm leave --force >&2 || return 1
  systemctl restart docker >&2
  remove_lost_vxlans
}

# Removes the vxlan interfaces of networks that the engine no longer has. The engine creates them
# here and moves them to their network. One that it left here stays after each restart, and no later
# network can have its number ("error creating vxlan interface: file exists").
remove_lost_vxlans() {
  local name
  { ip -o link show type vxlan | grep -o 'vx-[0-9a-f]*-[0-9a-z]*' || true; } | while read -r name; do
    ip link delete "$name" >&2 || true
  done
}

active() { [[ $(swarm_state) == active ]]; }

# ask_host ADDRESS HOST-KEY REQUEST: sends a request to a host with the first manager's key, and
# prints the host's answer. Runs on the first manager; leave.sh or admit-or-leave.sh answers.
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
