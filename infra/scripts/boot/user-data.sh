#!/usr/bin/env bash
# The first boot of a host: Docker, the host's own SSH key, and what lets it pull images. Runs once, as root, by cloud-init.
# Values: see HostScriptValues in infra/plans/user-data.ts.
# values: HOST_NAME REGION PACKAGES[] HOST_KEY_PARAMETER REGISTRY LEAVE_PUBLIC_KEY
# values: LEAVE_KEY_PARAMETER LEAVE_SCRIPT DATABASE_CA_FILE SESSION_MANAGER

readonly IMDS=http://169.254.169.254/latest

main() {
  mkdir -p "$STATE_DIR"
  exec </dev/null > >(tee -a /var/log/host-boot.log) 2>&1
  trap 'finish "$?"' EXIT
  install_packages
  install_host_key
  configure_kernel
  install_certificates
  configure_docker
  allow_leaving
  if [[ $SESSION_MANAGER == true ]]; then install_session_manager; fi
}

# Leaves a marker for the commands that come later: they wait for it, and tell of a failure in its words.
finish() {
  if (($1 == 0)); then
    echo "done" >"$STATE_DIR/boot-result"
    say "host $HOST_NAME is ready after $SECONDS s"
  else
    say "host $HOST_NAME failed to boot"
    echo failed >"$STATE_DIR/boot-result"
  fi
}

install_packages() {
  local package missing=()
  for package in "${PACKAGES[@]}"; do
    dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # By itself, an update that missed a list succeeds, and the install would look for its packages in vain.
  wait_until 300 "the package lists" apt-get -q -o APT::Update::Error-Mode=any update
  # Another process (unattended-upgrades) may hold apt's lock.
  wait_until 600 "the packages to install" apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 install "${missing[@]}"
}

# The program made this host's key and knows its public half, so nobody has to trust it on first use. Only ours is offered: a client that
# pins one key must not be shown another kind.
install_host_key() {
  say "fetching the host key"
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

# parameter NAME FILE: writes a SecureString of SSM to a file that only root reads. The role's credentials go to curl over its standard
# input, so that no process list shows them. IAM takes some seconds until a new role's policy holds everywhere.
parameter() {
  wait_until 120 "the parameter $1 (does the host's role allow it?)" fetch_parameter "$1" "$2"
}

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
    say "SSM answered: $(jq -rc '{type: .__type, message: (.message // .Message)}' 2>/dev/null <<<"$answer" || echo 'no JSON')"
    return 1
  fi
  (umask 077 && jq -rj '.Parameter.Value' <<<"$answer" >"$file")
}

# Connection tracking and ports for thousands of users; a container's kernel may refuse some. Outgoing connections take ports above all those that
# a host listens on, so that none is found taken. All of them are of the host's own network: what a container's kernel shares with its machine
# (vm.*) would stay changed there.
configure_kernel() {
  local setting
  # Tracking is a module, and has its setting only once it is loaded: here before Docker asks for it, and at each later boot.
  mkdir -p /etc/modules-load.d
  echo nf_conntrack >/etc/modules-load.d/60-gifticon-event.conf
  modprobe nf_conntrack 2>/dev/null || say "nf_conntrack can't be loaded here, or is part of the kernel"
  for setting in net.core.somaxconn=4096 net.ipv4.ip_local_port_range='10240 65000' net.ipv4.tcp_tw_reuse=1 \
    net.netfilter.nf_conntrack_max=131072; do
    sysctl -q -w "$setting" 2>/dev/null || say "left as it is: the kernel refuses $setting"
    printf '%s\n' "$setting"
  done >/etc/sysctl.d/60-gifticon-event.conf
}

# The services verify the database by this bundle.
install_certificates() {
  say "fetching the database's certificate authorities"
  mkdir -p "$(dirname "$DATABASE_CA_FILE")"
  wait_until 120 "the database's certificate authorities" \
    curl -sSf -m 20 -o "$DATABASE_CA_FILE" https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
}

# Merged into what is there, and the engine restarted only for a change. live-restore is left off: Swarm refuses it. No service of
# ours stands on the default bridge, so nothing there needs to reach its neighbours (icc).
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

# The manager asks a host to leave the Swarm by a key that can do only that; the manager itself holds the private half.
allow_leaving() {
  printf '%s\n' "$LEAVE_SCRIPT" >/usr/local/sbin/leave-swarm
  chmod 755 /usr/local/sbin/leave-swarm
  printf 'command="/usr/local/sbin/leave-swarm",restrict %s\n' "$LEAVE_PUBLIC_KEY" >/etc/ssh/authorized_keys.d/root
  if [[ $LEAVE_KEY_PARAMETER != "" ]]; then parameter "$LEAVE_KEY_PARAMETER" "$STATE_DIR/leave-key"; fi
}

install_session_manager() {
  say "installing the agent of SSM Session Manager"
  local -r package=/var/cache/amazon-ssm-agent.deb
  wait_until 120 "the SSM agent's package" curl -sSf -m 60 -o "$package" \
    "https://s3.$REGION.amazonaws.com/amazon-ssm-$REGION/latest/debian_amd64/amazon-ssm-agent.deb"
  dpkg -i "$package"
}

main
