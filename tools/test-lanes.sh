# shellcheck shell=bash
# Runs layers of tests side by side, each with its output in one piece. Sourced after lib.sh by
# commands/test.sh, which defines run_layer.
: "${checkout:?}"

# Folder of the results of layers: LAYER.passed or LAYER.failed with its seconds, and LAYER.output.
results=""

begin_lanes() {
  results="$(mktemp -d)"
  # shellcheck disable=SC2064 # expands now on purpose
  trap "rm -rf -- '$results'" EXIT
}

# record LAYER COMMAND...: runs a layer, and records its result and its seconds.
record() {
  local layer="$1" began=$SECONDS end=passed
  shift
  "$@" || end=failed
  printf '%d\n' $((SECONDS - began)) >"$results/$layer.$end"
  [[ $end == passed ]]
}

# run_lane LAYER...: runs layers one after another. Each layer's output is shown when it has ended,
# so that outputs don't mix. After a failure in any lane, it starts no further layer.
run_lane() {
  local layer
  for layer in "$@"; do
    # A missing folder means that the user ended the run.
    [[ -d $results ]] && ! compgen -G "$results/*.failed" >/dev/null || return 0
    say "test $layer: started"
    record "$layer" run_layer "$layer" >"$results/$layer.output" 2>&1 || true
    (
      flock 7
      say "test $layer: ended after $(cat "$results/$layer".{passed,failed} 2>/dev/null) s"
      cat -- "$results/$layer.output"
    ) 7>"$results/lock"
  done
}

# side_by_side "LAYER..." ["LAYER..."]...: runs lanes at the same time, and fails if a layer did.
# The first lane is the longest, so it has a higher priority than the others.
side_by_side() {
  local lane lanes=() share=0
  for lane in "$@"; do
    # shellcheck disable=SC2086 # a list of names
    (renice -n "$share" $BASHPID >/dev/null; run_lane $lane) &
    lanes+=($!)
    share=5
  done
  wait "${lanes[@]}"
  ! compgen -G "$results/*.failed" >/dev/null
}

# show_failures LAYER...: prints the end of each failed layer's output, with the causes, because
# other layers may have printed much since.
show_failures() {
  local layer
  for layer in "$@"; do
    if [[ -e $results/$layer.failed && -e $results/$layer.output ]]; then
      say "test $layer: failed; its output ends with"
      tail -n 60 -- "$results/$layer.output"
    fi
  done
}

# seconds_of passed|failed LAYER...: prints "lint 24 s, types 5 s" for the layers with that result,
# or "none".
seconds_of() {
  local end="$1" layer shown=()
  shift
  for layer in "$@"; do
    [[ ! -e $results/$layer.$end ]] || shown+=("$layer $(cat "$results/$layer.$end") s")
  done
  (IFS=,; printf '%s\n' "${shown[*]:-none}" | sed 's/,/, /g')
}
