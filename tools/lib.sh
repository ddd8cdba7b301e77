# shellcheck shell=bash
# Shared functions of all scripts in tools/: messages, privileges, caches. Sourced, never run.

checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
export checkout

# Folder of downloads and builds, which all checkouts of the user share.
cache="${XDG_CACHE_HOME:-$HOME/.cache}/gifticon-event"
export cache

# shellcheck source=tools/proxy.sh
source "$checkout/tools/proxy.sh"
exempt_from_proxy localhost 127.0.0.1 ::1

say() { printf '==> %s\n' "$*" >&2; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# fail MESSAGE [REASON OR REMEDY]...: prints a line for each, and exits with 1.
fail() {
  printf 'error: %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '%s\n' "$@" | sed 's/^/       /' >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least HAVE NEED: compares dotted version numbers.
version_at_least() { [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]; }

# as_root COMMAND...: runs a command as root, by sudo if the caller isn't root.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo; then
    sudo -- "$@"
  else
    fail "this needs root: $*" "Run ./run as root, or install sudo."
  fi
}

# become_root ARGUMENT...: runs ./run again as root if the caller isn't root, because the local
# cloud changes networks, cgroups and /etc/hosts. It keeps the caller's variables. Files that it
# creates in the checkout and the caches belong to the caller afterwards.
become_root() {
  ((EUID != 0)) || return 0
  have sudo || fail "this needs root, and there is no sudo" "Run ./run as root."
  local keep status=0
  # shellcheck disable=SC2034 # read by commands that exit with other codes after their own failures
  became_root=true
  keep="$(compgen -e | grep -E '^(PULUMI_|LOCAL_CLOUD_|XDG_CACHE_HOME$|DOCKER_HOST$|CI$|NO_COLOR$|TERM$|.*_(proxy|PROXY)$|.*_CERTS?$)' | paste -sd,)"
  sudo --preserve-env="$keep" -- env HOME="$HOME" PATH="$PATH" "$checkout/run" "$@" || status=$?
  sudo -- find "$checkout/.local" "$cache" -user root -exec chown --no-dereference "$(id -u):$(id -g)" {} + 2>/dev/null || true
  exit "$status"
}

# Waits until no other run changes the stack of this checkout and account. The lock is held until
# the last process of the run has ended, so that a run never meets the engine of a killed one.
take_run_lock() {
  mkdir -p "$checkout/.local"
  exec 9>"$checkout/.local/run-${LOCAL_CLOUD_ACCOUNT:?}.lock"
  flock -n 9 && return
  say "Another ./run works on this environment: waiting for its end"
  flock 9
}

# with_lock NAME COMMAND...: runs a command, one at a time for this user, so that two runs don't
# build the same thing side by side.
with_lock() {
  local name="$1"
  shift
  mkdir -p "$cache/locks"
  (
    exec {lock}>"$cache/locks/$name"
    if ! flock -n "$lock"; then
      say "Another run prepares $name: waiting for it"
      flock "$lock"
    fi
    "$@" {lock}>&-
  )
}

# context_of FOLDER: writes its files as a build context to standard output. Builders copy modes
# into the image, whose own users have to read the files. So the modes don't depend on the umask.
context_of() { tar -C "$1" --mode=u=rwX,go=rX --owner=0 --group=0 --numeric-owner --sort=name -cf - .; }

# build_image TAG FOLDER [ARGUMENT OF docker build]...: builds an image. Prints only failures.
build_image() {
  local tag="$1" folder="$2" output
  shift 2
  output="$(context_of "$folder" | docker build --force-rm --tag "$tag" "$@" - 2>&1)" ||
    fail "can't build the image $tag" "$(tail -n 20 <<<"$output")"
}
