#!/usr/bin/env bash
# Sets the declared role, labels and availability of a node, and records its state. Pauses the
# previous nodes of its host: they get no new tasks, and keep their own until swarm-retire.sh
# removes them. The verb `remove` only deletes the records.
# uses: node-updates applied-state
# values: HOST_LABEL KEY REPAIR HOST_NAME NODE_ID LABELS[] ROLE AVAILABILITY JOIN_KEY JOIN_REPAIR
# values: HOST_PUBLIC_KEY IMAGES_KEY IMAGES_REPAIR
# NODE_ID is the node's id, or `self` for the manager's own. ROLE is worker or manager. AVAILABILITY
# is active, or drain for a node without tasks. JOIN_KEY and JOIN_REPAIR belong to the record of the
# node's membership, IMAGES_KEY and IMAGES_REPAIR to that of its images; an empty key means no
# record.

main() {
  case $1 in
    apply) apply ;;
    remove) remove ;;
  esac
}

apply() {
  wait_until 60 "node $NODE_ID of $HOST_NAME to be ready" node_is "$NODE_ID" ready || exit 1
  local id present nodes label arguments=(--role "$ROLE" --availability "$AVAILABILITY" --label-add "$HOST_LABEL=$HOST_NAME") declared=" $HOST_LABEL "
  id=$(docker node inspect --format '{{.ID}}' "$NODE_ID")
  present=$(docker node inspect --format '{{range $key, $value := .Spec.Labels}}{{$key}} {{end}}' "$id")
  for label in "${LABELS[@]}"; do
    arguments+=(--label-add "$label")
    declared+="${label%%=*} "
  done
  # A declared label stays at all times: Swarm stops the tasks that need a label as soon as it is
  # gone.
  for label in $present; do
    if [[ $declared != *" $label "* ]]; then arguments+=(--label-rm "$label"); fi
  done
  update_node "${arguments[@]}" "$id"
  nodes=$(previous_nodes "$id" | jq -r '.[]')
  local old
  for old in $nodes; do update_node --availability pause "$old"; done
  record_applied "$KEY" "$REPAIR" node "$id"
  if [[ $JOIN_KEY != "" ]]; then
    record_applied "$JOIN_KEY" "$JOIN_REPAIR" member "$id/$(docker node inspect --format '{{.Status.Addr}}' "$id")"
    mkdir -p "$HOST_KEY_DIR"
    printf '%s\n' "$HOST_PUBLIC_KEY" >"$HOST_KEY_DIR/$JOIN_KEY"
  fi
  if [[ $IMAGES_KEY != "" ]]; then record_applied "$IMAGES_KEY" "$IMAGES_REPAIR" images "$id"; fi
}

remove() {
  delete_records "$KEY" "$JOIN_KEY" "$IMAGES_KEY"
  rm -f "$HOST_KEY_DIR/$JOIN_KEY"
}

main "$@" </dev/null
