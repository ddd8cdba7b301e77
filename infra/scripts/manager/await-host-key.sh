#!/usr/bin/env bash
# Waits until a new host shows the SSH key that the program made for it. Until its user data has
# run, a host shows keys of its own. The command provider can't retry behind a proxy after it has
# seen another key, so it must not connect earlier.
# values: HOST_NAME HOST_ADDRESS HOST_PUBLIC_KEY

readonly SECONDS_TO_BOOT=600

main() {
  wait_for_boot
  wait_until "$SECONDS_TO_BOOT" "host $HOST_NAME to show its SSH key" shows_key ||
    fail "Host $HOST_NAME at $HOST_ADDRESS shows $(shown_key). Its user data installs the key: read the console output of the instance, remove the cause, then replace the host."
}

shows_key() {
  [[ $(shown_key) == "$(key_fields <<<"- $HOST_PUBLIC_KEY")" ]] || {
    # sshd locks out an address that connects often without logging in (PerSourcePenalties).
    sleep 2
    return 1
  }
}

# Prints the Ed25519 key that the host shows, or "no key".
shown_key() {
  local key
  key=$(ssh-keyscan -T 5 -t ed25519 "$HOST_ADDRESS" 2>/dev/null | grep -v '^#' | key_fields) || true
  printf '%s\n' "${key:-no key}"
}

# Prints type and key of a line "HOST TYPE KEY [COMMENT]".
key_fields() { cut -d ' ' -f 2-3; }

main </dev/null
