# shellcheck shell=bash
# Runs layers of tests side by side, each with its output in one piece. Sourced after lib.sh by
# commands/test.sh, which defines run_layer.
: "${checkout:?}"

# Holds what each layer ended with: LAYER.passed or LAYER.failed, with its seconds, and
# LAYER.output.
results=""

begin_lanes() {
  results="$(mktemp -d)"
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf -- '$results'" EXIT
}

# record LAYER COMMAND...: runs a layer, and notes how it ended and how long it took.
record() {
  local layer="$1" began=$SECONDS end=passed
  shift
  "$@" || end=failed
  printf '%d\n' $((SECONDS - began)) >"$results/$layer.$end"
  [[ $end == passed ]]
}

# run_lane LAYER...: runs layers one after another. Each layer's output comes when it has ended, so
# that no two are mixed. Starts no more of them after a failure, in whichever lane.
run_lane() {
  local layer
  for layer in "$@"; do
    # Without the folder the run was ended by hand.
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

# side_by_side "LAYER..." ["LAYER..."]...: runs lanes at the same time; fails when a layer did. The
# first lane has the processor before the others: it is the one that the rest waits for.
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

# show_failures LAYER...: the end of what each failed layer printed, with the causes of its
# failures. Other layers may have printed much since.
show_failures() {
  local layer
  for layer in "$@"; do
    if [[ -e $results/$layer.failed && -e $results/$layer.output ]]; then
      say "test $layer: failed; its output ends with"
      tail -n 60 -- "$results/$layer.output"
    fi
  done
}

# seconds_of END LAYER...: "lint 24 s, types 5 s" of those that ended so, or "none".
seconds_of() {
  local end="$1" layer told=()
  shift
  for layer in "$@"; do
    [[ ! -e $results/$layer.$end ]] || told+=("$layer $(cat "$results/$layer.$end") s")
  done
  (IFS=,; printf '%s\n' "${told[*]:-none}" | sed 's/,/, /g')
}
