#!/usr/bin/env bash
# Prepares a host at its first boot: installs Docker and the host's SSH key, and configures the
# login to the registry. cloud-init runs it once, as root. HostScriptValues in
# infra/plans/user-data.ts describes the values; an empty LEAVE_KEY_PARAMETER means that this host
# is not the first manager.
# values: HOST_NAME REGION PACKAGES[] HOST_KEY_PARAMETER REGISTRY LEAVE_PUBLIC_KEY
# values: LEAVE_KEY_PARAMETER LEAVE_SCRIPT DATABASE_CA_FILE SESSION_MANAGER RESTORE_SCRIPT

readonly IMDS=http://169.254.169.254/latest

main() {
  mkdir -p "$STATE_DIR"
  exec </dev/null > >(tee -a /var/log/host-boot.log) 2>&1
  trap 'finish "$?"' EXIT
  stop_upgrades
  install_packages
  install_host_key
  configure_kernel
  install_certificates
  configure_docker
  allow_leaving
  restore_images
  if [[ $SESSION_MANAGER == true ]]; then install_session_manager; fi
}

# finish EXIT-CODE: records how the boot ended. Later scripts wait for this file (wait_for_boot).
finish() {
  if (($1 == 0)); then
    echo "done" >"$STATE_DIR/boot-result"
    say "The first boot of host $HOST_NAME succeeded after $SECONDS s."
  else
    say "The first boot of host $HOST_NAME failed. The lines above say why."
    echo failed >"$STATE_DIR/boot-result"
  fi
}

# Keeps apt from upgrading packages by itself: an upgrade of Docker restarts the host's tasks, and
# all hosts would do that in the same hour. A new host has all upgrades (install_packages), so a new
# generation patches the workers. A timer may have queued its service already, which waits for
# cloud-init.
stop_upgrades() {
  systemctl disable --quiet --now apt-daily.timer apt-daily-upgrade.timer
  systemctl stop apt-daily.service apt-daily-upgrade.service
}

# Upgrades the host and installs the packages that it lacks. An image that has all packages is used
# as it is.
install_packages() {
  local package missing=()
  for package in "${PACKAGES[@]}"; do
    dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi
  say "Installing ${missing[*]}."
  # Without Error-Mode, apt-get succeeds when it could not fetch a list, and the installation then
  # finds no packages.
  wait_until 300 "apt-get to update the package lists" apt-get -q -o APT::Update::Error-Mode=any update
  wait_until 600 "apt-get to upgrade the packages" change_packages upgrade
  wait_until 600 "apt-get to install ${missing[*]}" change_packages install "${missing[@]}"
}

# change_packages VERB [PACKAGE]...: runs apt-get without questions. Another process may hold its
# lock, so it waits for that.
change_packages() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 \
    -o DPkg::Options::=--force-confold "$@"
}

# Installs the SSH key that the program made for this host. The program knows its public half, so no
# client has to trust a key on first use. sshd offers no other key: a client that pins this one must
# not be shown one of another type.
install_host_key() {
  say "Reading the host key from SSM."
  local -r key=/etc/ssh/gifticon_event_host_key
  parameter "$HOST_KEY_PARAMETER" "$key"
  ssh-keygen -y -f "$key" >"$key.pub"
  cat >/etc/ssh/sshd_config.d/10-gifticon-event.conf <<EOF
HostKey $key
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin forced-commands-only
AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u
MaxStartups 50:30:100
EOF
  mkdir -p /etc/ssh/authorized_keys.d
  sshd -t
  systemctl restart ssh
}

# parameter NAME FILE: writes a SecureString of SSM to a file that only root can read. Tries again
# for two minutes: IAM takes some seconds to apply the policy of a new role.
parameter() {
  wait_until 120 "SSM to return the parameter $1 (may the host's role read it?)" fetch_parameter "$1" "$2"
}

# fetch_parameter NAME FILE: makes one attempt. curl reads the role's credentials from its standard
# input, so that no process list shows them.

fetch_parameter() {
  local -r name=$1 file=$2
  local token role credentials answer
  token=$(curl -sf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/api/token") || return 1
  role=$(curl -sf -m 5 -K - "$IMDS/meta-data/iam/security-credentials/" <<<"header = \"X-aws-ec2-metadata-token: $token\"") || return 1
  credentials=$(curl -sf -m 5 -K - "$IMDS/meta-data/iam/security-credentials/$role" <<<"header = \"X-aws-ec2-metadata-token: $token\"") || return 1
  answer=$(
    {
      jq -r '"user = \"\(.AccessKeyId):\(.SecretAccessKey)\"", "header = \"X-Amz-Security-Token: \(.Token)\""' <<<"$credentials"
      printf 'data = "%s"\n' "$(jq -cn --arg name "$name" '{Name: $name, WithDecryption: true}' | sed 's/"/\\"/g')"
    } | curl -sS -m 10 -K - --aws-sigv4 "aws:amz:$REGION:ssm" -H 'Content-Type: application/x-amz-json-1.1' \
      -H 'X-Amz-Target: AmazonSSM.GetParameter' "https://ssm.$REGION.amazonaws.com/"
  ) || return 1
  if ! jq -e '.Parameter.Value' >/dev/null 2>&1 <<<"$answer"; then
    say "SSM answered without a value: $(jq -rc '{type: .__type, message: (.message // .Message)}' 2>/dev/null <<<"$answer" || echo 'no JSON')"
    return 1
  fi
  (umask 077 && jq -rj '.Parameter.Value' <<<"$answer" >"$file")
}

# Sets connection tracking and ports for thousands of users. A host that is a container may not be
# allowed to change some settings. Outgoing connections use ports above all those on which a host
# listens, so that no listener finds its port taken. All settings belong to the host's own network
# namespace: a change of what a container shares with its machine (vm.*) would outlive the host.
configure_kernel() {
  local setting
  # The setting of connection tracking exists only while its module is loaded. Loads it now, before
  # Docker needs it, and at each later boot.
  mkdir -p /etc/modules-load.d
  echo nf_conntrack >/etc/modules-load.d/60-gifticon-event.conf
  modprobe nf_conntrack 2>/dev/null || say "The module nf_conntrack was not loaded: this kernel has it built in, or lacks it."
  for setting in net.core.somaxconn=4096 net.ipv4.ip_local_port_range='10240 65000' net.ipv4.tcp_tw_reuse=1 \
    net.netfilter.nf_conntrack_max=131072; do
    sysctl -q -w "$setting" 2>/dev/null || say "The kernel refuses $setting, so this setting keeps its value."
    printf '%s\n' "$setting"
  done >/etc/sysctl.d/60-gifticon-event.conf
}

# Downloads the certificate authorities of RDS, by which the services verify the database.
install_certificates() {
  say "Downloading the certificate authorities of the database."
  mkdir -p "$(dirname "$DATABASE_CA_FILE")"
  wait_until 120 "truststore.pki.rds.amazonaws.com to return the certificate authorities" \
    curl -sSf -m 20 -o "$DATABASE_CA_FILE" https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
}

# Merges our settings into the engine's own, and restarts the engine only when that changes them.
# Swarm refuses live-restore, so it stays off. None of our services uses the default bridge, so
# containers there need not reach each other (icc).
configure_docker() {
  local -r file=/etc/docker/daemon.json
  local old='{}' new
  if [[ -s $file ]]; then old=$(<"$file"); fi
  new=$(jq -S '. * {"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}, "no-new-privileges": true, "icc": false}' <<<"$old")
  mkdir -p /etc/docker
  if [[ $new != "$(jq -S . <<<"$old")" ]]; then
    printf '%s\n' "$new" >"$file"
    systemctl restart docker
  fi
  systemctl enable --now docker
  mkdir -p /root/.docker
  jq -n --arg registry "$REGISTRY" '{credHelpers: {($registry): "ecr-login"}}' >/root/.docker/config.json
}

# Installs the SSH key by which the first manager asks this host to leave the Swarm. The key can do
# nothing else, and only the first manager has its private half.
allow_leaving() {
  printf '%s\n' "$LEAVE_SCRIPT" >/usr/local/sbin/leave-swarm
  chmod 755 /usr/local/sbin/leave-swarm
  printf 'command="/usr/local/sbin/leave-swarm",restrict %s\n' "$LEAVE_PUBLIC_KEY" >/etc/ssh/authorized_keys.d/root
  if [[ $LEAVE_KEY_PARAMETER != "" ]]; then parameter "$LEAVE_KEY_PARAMETER" "$STATE_DIR/leave-key"; fi
}

# Lets the host pull images that it lost. Root's login to the registry is in its home.
restore_images() {
  printf '%s\n' "$RESTORE_SCRIPT" >/usr/local/sbin/restore-images
  chmod 755 /usr/local/sbin/restore-images
  cat >/etc/systemd/system/restore-images.service <<'EOF'
[Unit]
Description=Pull lost images of the stacks
After=docker.service

[Service]
Type=oneshot
Environment=HOME=/root
ExecStart=/usr/local/sbin/restore-images
TimeoutStartSec=600
SyslogLevel=notice
LogLevelMax=notice
EOF
  cat >/etc/systemd/system/restore-images.timer <<'EOF'
[Unit]
Description=Look for lost images of the stacks

[Timer]
OnActiveSec=60
OnUnitInactiveSec=60
AccuracySec=15

[Install]
WantedBy=timers.target
EOF
  systemctl enable --quiet --now restore-images.timer
}

install_session_manager() {
  say "Installing the agent of SSM Session Manager."
  local -r package=/var/cache/amazon-ssm-agent.deb
  wait_until 120 "the download of the SSM agent" curl -sSf -m 60 -o "$package" \
    "https://s3.$REGION.amazonaws.com/amazon-ssm-$REGION/latest/debian_amd64/amazon-ssm-agent.deb"
  wait_until 600 "apt-get to install the SSM agent" change_packages install "$package"
}

main
