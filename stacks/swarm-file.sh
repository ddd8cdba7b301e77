#!/usr/bin/env bash
# Creates a config or a secret in the Swarm. Its name contains a hash of its content, so an existing
# one of that name has the right content. After its deployment, the stack removes those of earlier
# versions.
# uses: applied-state
# values: STACK_FILE_LABEL KEY REPAIR KIND NAME STACK CONTENT
# KIND is config or secret.

main() {
  if ! docker "$KIND" inspect "$NAME" >/dev/null 2>&1; then
    printf '%s' "$CONTENT" | docker "$KIND" create --label "$STACK_FILE_LABEL=$STACK" "$NAME" - >/dev/null
  fi
  record_applied "$KEY" "$REPAIR" "$KIND" "$NAME"
}

main </dev/null
