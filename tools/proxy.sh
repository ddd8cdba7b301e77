# shellcheck shell=bash
# Keeps requests between the project's own parts out of the user's proxy. Sourced by lib.sh.

# entries_of LIST: prints the entries of a no_proxy list, one a line. grpc-js takes a blank before
# an entry as part of it ("localhost, 127.0.0.1"), so the project's lists have no blanks.
entries_of() { tr -s ', \t\n' '\n' <<<"$1" | sed '/^$/d'; }

# exempt_from_proxy ENTRY...: adds entries to no_proxy. Other requests still use the proxy.
exempt_from_proxy() {
  local list
  list="$(joined "${no_proxy:-}" "${NO_PROXY:-}" "$@")"
  if [[ ",$list," == *,\*,* ]]; then
    # A star must be alone in a list. grpc-js doesn't support it, and prefers no_grpc_proxy.
    list='*'
    export no_grpc_proxy
    no_grpc_proxy="$(joined "${no_grpc_proxy:-}" "$@")"
  elif [[ -n ${no_grpc_proxy:-} ]]; then
    no_grpc_proxy="$(joined "$no_grpc_proxy" "$list")"
  fi
  export no_proxy="$list" NO_PROXY="$list"
}

# joined LIST...: prints one list of all entries, without duplicates.
joined() { local list; for list in "$@"; do entries_of "$list"; done | awk '!seen[$0]++' | paste -sd,; }

# is_exempt HOST LIST: reports whether a no_proxy list exempts a host. In Go and Docker, a domain
# means itself and its subdomains, and one with a leading dot only its subdomains.
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
