# shellcheck shell=bash
# Finds the local cloud's objects on the machine by their labels and names. Sourced after env.sh.
: "${checkout:?}"

# leftovers_of ACCOUNT: prints a line for each object of the account; nothing after a destroy.
leftovers_of() {
  local account="$1" filter="label=local-cloud.account=$1"
  docker ps -a --filter "$filter" --format 'container {{.Names}}'
  docker network ls --filter "$filter" --format 'network {{.Name}}'
  docker volume ls --filter "$filter" --format 'volume {{.Name}}'
  docker image ls --filter "reference=$account.dkr.ecr.*/*" --format 'image {{.Repository}}:{{.Tag}} {{.ID}}'
  if grep -Eq "^# (BEGIN|END) local-cloud $account" /etc/hosts; then printf 'block of account %s in /etc/hosts\n' "$account"; fi
  find /etc/docker/certs.d -mindepth 1 -maxdepth 1 -name "$account.*" -printf 'registry certificate %p\n' 2>/dev/null || true
  find /sys/fs/cgroup -type d -name "*local-cloud-$account*" -printf 'cgroup %p\n' 2>/dev/null || true
}

# without_block ACCOUNT: prints the hosts file on standard input without the account's block. If the
# begin or end of the block is lost, names of AWS mark its lines.
without_block() {
  awk -v begin="# BEGIN local-cloud $1 " -v end="# END local-cloud $1" '
    index($0, begin) == 1 { inside = 1; next }
    /^[0-9.]+ [^ ]+[.]amazonaws[.]com$/ { if (!inside) names = names $0 "\n"; next }
    { if ($0 == end) names = ""; else printf "%s%s\n", names, $0; names = ""; inside = 0 }
    END { printf "%s", names }'
}

# Prints the accounts of this checkout: its own, and those that its tests created.
accounts_of_checkout() {
  {
    printf '%s\n' "$LOCAL_CLOUD_ACCOUNT"
    local filter="label=local-cloud.checkout=$checkout" format='{{.Label "local-cloud.account"}}'
    docker ps -a --filter "$filter" --format "$format"
    docker network ls --filter "$filter" --format "$format"
    docker volume ls --filter "$filter" --format "$format"
  } | sort -u
}

# remove_images_of ACCOUNT: removes the images that updates built for an account and pushed to its
# registry.
remove_images_of() {
  docker image ls --filter "reference=$1.dkr.ecr.*/*" --format '{{.Repository}}:{{.Tag}} {{.ID}}' | while read -r name id; do
    [[ $name != *:'<none>' ]] || name="$id"
    say "Removing image $name"
    docker image rm "$name" >/dev/null || warn "it stays: it is in use"
  done
}
