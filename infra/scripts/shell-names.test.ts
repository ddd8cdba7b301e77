import assert from "node:assert/strict";
import { test } from "node:test";
import { commandNames, shellNames } from "./shell-names.ts";

const runs = (text: string) => {
  const names = shellNames(text);
  return [...commandNames(names, names.functions)];
};
const reads = (text: string) => [...shellNames(text).reads];
const sets = (text: string) => [...shellNames(text).sets];
/** Returns the letters of a text, one an item. */
const letters = (text: string) => text.match(/./g) ?? [];

test("commands are found wherever a script runs them", () => {
  assert.deepEqual(
    runs('a && b || ! c | d; "e" $(f) "$(g)" <(h); if i; then j & fi\nk() { l; }'),
    letters("abcdefghijl"),
  );
  assert.deepEqual(runs("x=$(a) B=1 c\ncat <<EOF\n$(d)\nEOF"), ["c", "a", "cat", "d"]);
});

test("words that are not commands don't count as commands", () => {
  assert.deepEqual(runs("docker network rm \"a b\" 'c; d' # e\ncase f in g) ;; esac"), ["docker"]);
});

test("a command that a function or a trap runs counts", () => {
  const wait = 'wait_for() { local what=$1; shift 2; until "$@"; do sleep 1; done; }\n';
  assert.deepEqual(runs(`${wait}wait_for "the host" 60 wait_for "it" 3 up twice`), [
    "local",
    "shift",
    "sleep",
    "wait_for",
    "up",
  ]);
  assert.deepEqual(runs("trap 'finish \"$?\"; tidy' EXIT"), ["trap", "finish", "tidy"]);
  assert.deepEqual(runs("trap tidy EXIT"), ["trap", "tidy"]);
});

test("variables are read in every form of expansion", () => {
  assert.deepEqual(
    reads('echo $A "${B}" ${C[@]} ${#D} ${E:-$F} ${G/H/$I} $((J + K)) "$(echo $L)"'),
    letters("ABCDEFGIJKL"),
  );
  assert.deepEqual(
    reads("cat <<EOF\n$A\nEOF\n((B > 1)); [[ $C == D && -v E && F -gt 1 ]]; x[G]=1; echo ${y[H]}"),
    letters("ABCEFGH"),
  );
  assert.deepEqual(reads("trap 'rm \"$A\"' EXIT; export B"), ["A", "B"]);
});

test("variables of other languages in quoted texts, and lower-case variables, don't count", () => {
  assert.deepEqual(reads("jq --arg a \"$x\" '$A | $B' <<'EOF'\n$C\nEOF"), []);
});

test("variables are set in every form of assignment", () => {
  assert.deepEqual(sets("A=1; readonly B=2 C=3; local D E=1; declare -A F; G+=x; H=(1); X[1]=2"), letters("ABCDEFGHX"));
  assert.deepEqual(
    sets(": ${A:=1}; for B in 1; do read -r C D; done; printf -v E x; ((F = 1)); G=1 command"),
    letters("ABCDEFG"),
  );
});

test("a text that is not a script is refused with the line", () => {
  assert.throws(() => shellNames("echo a\necho $(if)\n"), /^SyntaxError: line \d+: /);
});
