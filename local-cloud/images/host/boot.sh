#!/bin/bash
# Boots an instance, as its first process. Does what firmware, systemd and cloud-init do on EC2, as
# far as a host needs it. The metadata service tells which instance this is. Environment:
#   LOCAL_CLOUD_NAMESERVER  address of the VPC's DNS server
#   LOCAL_CLOUD_DOMAIN      search domain of the region
set -uo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

readonly IMDS=http://169.254.169.254/latest
readonly DEFAULT_USER=admin
# The certificate of the account's CA, copied here before the first start. update-ca-certificates
# reads this folder too.
readonly ACCOUNT_CA=/usr/local/share/ca-certificates/local-cloud.crt
# The folder with a file for each step that must not run again after a reboot, as in cloud-init.
readonly STATE=/var/lib/cloud/instance

say() { printf 'boot: %s\n' "$*"; }

main() {
  trap shut_down TERM
  wait_for_firewall
  mount_kernel
  configure_network
  mkdir -p "$STATE" /run/sshd /run/systemctl
  metadata_token
  if [[ ! -e $STATE/first-boot ]]; then first_boot; fi
  start_services
  if [[ ! -e $STATE/user-data-ran ]]; then
    user_data &
    wait_here $!
  fi
  say "the instance is up"
  # The first process keeps waiting: it reaps processes whose parent ended.
  sleep infinity &
  wait_here $!
}

# wait_here PID: waits for a child process, again after each trapped signal, which ends `wait`
# early.
wait_here() {
  while kill -0 "$1" 2>/dev/null; do wait "$1"; done
}

# Waits until the control plane has installed the rules of the security groups, so that no packet
# passes before them.
wait_for_firewall() {
  local checks=0
  until iptables-legacy -w -t mangle -C PREROUTING -i eth+ -j local-cloud-in 2>/dev/null; do
    if ((checks++ == 100)); then say "still waiting for the security groups"; fi
    sleep 0.1
  done
}

# Makes kernel settings and cgroups writable, which the instance's own Docker engine needs.
mount_kernel() {
  local folder
  mount -o remount,bind,rw /sys
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    # In version 2 a cgroup with processes can't have children with limits, so the processes move
    # into a cgroup of their own.
    mount -o remount,bind,rw /sys/fs/cgroup
    mkdir -p /sys/fs/cgroup/init
    xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/init/cgroup.procs 2>/dev/null || true
    sed -e 's/ / +/g' -e 's/^/+/' </sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
  else
    for folder in /sys/fs/cgroup /sys/fs/cgroup/*/; do
      if mountpoint -q "$folder"; then mount -o remount,bind,rw "$folder"; fi
    done
  fi
}

configure_network() {
  local device
  # Docker chooses the names of the interfaces.
  device=$(ip -oneline route get "$LOCAL_CLOUD_NAMESERVER" | sed -n 's/.* dev \([^ ]*\) .*/\1/p')
  ip route replace 169.254.169.254/32 dev "$device"
  sysctl -q -w net.ipv4.ip_forward=1
  # Docker mounts this file, so it is written in place.
  printf 'nameserver %s\nsearch %s\n' "$LOCAL_CLOUD_NAMESERVER" "$LOCAL_CLOUD_DOMAIN" >/etc/resolv.conf
}

# Sets the variable `token` for the metadata service. The service may be restarting, so this waits.
metadata_token() {
  until token=$(curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$IMDS/api/token"); do sleep 0.2; done
}

# metadata PATH: prints the answer of the metadata service. Fails when nothing is at that path. Asks
# again when the service can't answer.
metadata() {
  local answer
  until answer=$(curl -s -m 5 -w '\n%{http_code}' -H "X-aws-ec2-metadata-token: $token" "$IMDS/$1") && [[ $answer =~ (200|404)$ ]]; do
    sleep 0.2
    metadata_token
  done
  [[ $answer == *200 ]] && printf '%s\n' "${answer%$'\n'*}"
}

first_boot() {
  local key home
  say "first boot of $(metadata meta-data/instance-id)"
  ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
  ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key
  home=$(getent passwd "$DEFAULT_USER" | cut -d : -f 6)
  if key=$(metadata meta-data/public-keys/0/openssh-key); then
    install -d -m 700 -o "$DEFAULT_USER" -g "$DEFAULT_USER" "$home/.ssh"
    install -m 600 -o "$DEFAULT_USER" -g "$DEFAULT_USER" /dev/stdin "$home/.ssh/authorized_keys" <<<"$key"
  fi
  # An AMI trusts Amazon's authorities; here the account's CA stands for them. Appending is faster
  # than update-ca-certificates, which takes a second.
  if [[ -e $ACCOUNT_CA ]]; then cat "$ACCOUNT_CA" >>/etc/ssl/certs/ca-certificates.crt; fi
  systemctl enable ssh
  touch "$STATE/first-boot"
}

# Starts the services that were enabled when the instance stopped.
start_services() {
  local service
  for service in ssh docker; do
    if systemctl is-enabled --quiet "$service"; then systemctl start "$service"; fi
  done
}

# Runs the user data once, as root. Its output goes to the console and to cloud-init's log.
user_data() {
  local -r script=$STATE/user-data.sh
  local answer
  install -m 700 /dev/null "$script"
  until answer=$(curl -s -m 5 -o "$script" -w '%{http_code}' -H "X-aws-ec2-metadata-token: $token" "$IMDS/user-data"); do sleep 0.2; done
  touch "$STATE/user-data-ran"
  if [[ $answer != 200 ]]; then return; fi
  (cd / && exec env -i PATH="$PATH" HOME=/root USER=root LANG=C.UTF-8 "$script") </dev/null 2>&1 | tee -a /var/log/cloud-init-output.log
  local -r status=${PIPESTATUS[0]}
  if ((status != 0)); then say "the user data failed with exit code $status"; fi
  printf '%s\n' "$status" >"$STATE/user-data-status"
}

shut_down() {
  local service
  say "shutting down"
  for service in docker ssh; do
    if systemctl is-active --quiet "$service"; then systemctl stop "$service"; fi
  done
  exit 0
}

main
