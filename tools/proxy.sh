# shellcheck shell=bash
# Keeps the requests of the project's parts to each other out of the user's proxy. Sourced by lib.sh.

# entries_of LIST: the entries of a no_proxy list, one a line. Some programs don't take one with a
# blank beside it (grpc-js: "localhost, 127.0.0.1"), so the lists that we write have none.
entries_of() { tr -s ', \t\n' '\n' <<<"$1" | sed '/^$/d'; }

# exempt_from_proxy ENTRY...: adds the entries to what the user has exempted. Whatever else goes
# through the proxy goes on to do so.
exempt_from_proxy() {
  local list
  list="$(joined "${no_proxy:-}" "${NO_PROXY:-}" "$@")"
  if [[ ",$list," == *,\*,* ]]; then
    # A star counts only alone, and grpc-js knows none; it prefers a list of its own.
    list='*'
    export no_grpc_proxy
    no_grpc_proxy="$(joined "${no_grpc_proxy:-}" "$@")"
  elif [[ -n ${no_grpc_proxy:-} ]]; then
    no_grpc_proxy="$(joined "$no_grpc_proxy" "$list")"
  fi
  export no_proxy="$list" NO_PROXY="$list"
}

# joined LIST...: one list of all their entries, each of them once.
joined() { local list; for list in "$@"; do entries_of "$list"; done | awk '!seen[$0]++' | paste -sd,; }

# is_exempt HOST LIST: does a list of that kind exempt the host? As Go reads it, and so Docker: a
# domain stands for itself and for what is below it, with a dot before it only for the latter.
is_exempt() {
  local entry
  while read -r entry; do
    entry="${entry%:[0-9]*}"
    case "$entry" in
      '*') return 0 ;;
      .*) [[ $1 != *"$entry" ]] || return 0 ;;
      *) [[ $1 != "$entry" && $1 != *".$entry" ]] || return 0 ;;
    esac
  done < <(entries_of "$2")
  return 1
}
