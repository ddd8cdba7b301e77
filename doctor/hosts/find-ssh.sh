#!/usr/bin/env bash
# Prints the addresses with an SSH server that sends its greeting, one a line. Changes nothing. Runs
# on the manager.
# values: ADDRESSES[] SSH_PORT

main() {
  local address
  for address in "${ADDRESSES[@]}"; do
    if greets "$address"; then printf '%s\n' "$address"; fi &
  done
  wait
}

# greets ADDRESS: succeeds when an SSH server sends its greeting. A host that hangs may still accept
# a connection.
greets() {
  # shellcheck disable=SC2016 # the inner shell expands it
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2" && read -r line <&3 && [[ $line == SSH-* ]]' bash "$1" "$SSH_PORT" 2>/dev/null
}

main </dev/null
