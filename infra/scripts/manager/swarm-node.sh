#!/usr/bin/env bash
# Keeps one node of the Swarm as it is declared, from the manager: its role and labels, and that it takes tasks. What the host was before gets no new ones from then on, and keeps
# what it runs until it is retired (swarm-retire.sh).
# Values: HOST_NAME, NODE_ID (`self` is the manager's own), LABELS, ROLE (worker or manager), AVAILABILITY (active, or drain for one without tasks),
# JOIN_KEY and JOIN_REPAIR (what its membership is remembered by; none for the manager), HOST_PUBLIC_KEY,
# IMAGES_KEY and IMAGES_REPAIR (the same of its images; none where it has no images).
# uses: nodes put
# values: HOST_LABEL KEY REPAIR HOST_NAME NODE_ID LABELS[] ROLE AVAILABILITY JOIN_KEY JOIN_REPAIR
# values: HOST_PUBLIC_KEY IMAGES_KEY IMAGES_REPAIR

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
  # A declared label is never taken away, not even for a moment: Swarm stops at once what is placed by it.
  for label in $present; do
    if [[ $declared != *" $label "* ]]; then arguments+=(--label-rm "$label"); fi
  done
  update_node "${arguments[@]}" "$id"
  nodes=$(earlier_nodes "$id" | jq -r '.[]')
  local old
  for old in $nodes; do update_node --availability pause "$old"; done
  remember "$KEY" "$REPAIR" node "$id"
  if [[ $JOIN_KEY != "" ]]; then
    remember "$JOIN_KEY" "$JOIN_REPAIR" member "$id/$(docker node inspect --format '{{.Status.Addr}}' "$id")"
    mkdir -p "$HOST_KEY_DIR"
    printf '%s\n' "$HOST_PUBLIC_KEY" >"$HOST_KEY_DIR/$JOIN_KEY"
  fi
  if [[ $IMAGES_KEY != "" ]]; then remember "$IMAGES_KEY" "$IMAGES_REPAIR" images "$id"; fi
}

remove() {
  forget "$KEY" "$JOIN_KEY" "$IMAGES_KEY"
  rm -f "$HOST_KEY_DIR/$JOIN_KEY"
}

main "$@" </dev/null
