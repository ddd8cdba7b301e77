#!/usr/bin/env bash
# Lets people in by their own SSH keys, beside the program's; remove takes all of them out.
# Values: USER_NAME, KEYS.
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
