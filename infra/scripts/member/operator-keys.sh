#!/usr/bin/env bash
# Adds the operators' own SSH keys to this host, beside the program's key. The
# verb `remove` removes all of their keys.
# values: USER_NAME KEYS[]

readonly FILE=/etc/ssh/authorized_keys.d/$USER_NAME

main() {
  case $1 in
    apply)
      wait_for_boot
      printf '%s\n' "${KEYS[@]}" >"$FILE"
      ;;
    remove) rm -f "$FILE" ;;
  esac
}

main "$@" </dev/null
