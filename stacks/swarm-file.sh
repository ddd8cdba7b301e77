#!/usr/bin/env bash
# Puts a config or a secret into the Swarm. Its name holds a hash of its content, so one that is there is the right one; the stack that uses it
# removes the ones of earlier versions after its deployment.
# Values: KIND (config or secret), NAME, STACK, CONTENT.
# uses: put
# values: KEY REPAIR KIND NAME STACK CONTENT

main() {
  if ! docker "$KIND" inspect "$NAME" >/dev/null 2>&1; then
    printf '%s' "$CONTENT" | docker "$KIND" create --label "gifticon-event.stack=$STACK" "$NAME" - >/dev/null
  fi
  remember "$KEY" "$REPAIR" "$KIND" "$NAME"
}

main </dev/null
