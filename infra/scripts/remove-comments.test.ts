import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { removeComments } from "./remove-comments.ts";

/** Parts of scripts: with comments, and with lines and words that only look like comments. */
const PARTS = [
  "# a comment",
  "  # an indented one that ends with a backslash \\",
  "",
  "echo one # behind a command",
  "echo $# ${#HOME} a#b \\# '#' \"#\" # behind words with the sign",
  "cat <<EOF # behind the start of a here-document\n# its line\n#!/bin/sh\n\n$(\n# in a substitution\necho in)\nEOF",
  "cat <<'EOF'\n# $HOME\nEOF",
  "cat <<-A - <<B\n\t# of the first\n\tA\n# of the second\n\nB",
  "printf '%s\\n' 'two lines\n# of a text\n\n#!'",
  'echo "a text\n# with $(\n# a comment\n\necho a substitution)\n"',
  "x=(\n# in a list\n1 2 # and behind it\n\n)\necho ${x[*]}",
  "case a in\n# in a case\na) echo a ;; # behind a branch\nesac",
  "f() { # behind a brace\n# in a function\n\n  echo f\n}\nf",
  "echo a | # behind a pipe\n# between\ncat",
  "echo a &&\n# between\n\necho b",
  "((y = 16#ff)); echo $y",
  "if true; then # behind a word\n  echo yes # no\nfi",
  "echo backslash \\\\\n# after one that is quoted",
  "echo joined \\\n  'lines' # behind them",
  "( # behind a parenthesis\n  echo inside\n)",
];

const run = (script: string) => execFileSync("bash", ["-s"], { input: script, encoding: "utf8" });

test("a script does the same without its comments", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 }), (parts) => {
      const script = `${parts.join("\n")}\n`;
      assert.equal(run(removeComments(script)), run(script));
    }),
    { numRuns: 40 },
  );
});

test("comments and blank lines are removed everywhere", () => {
  for (const part of PARTS) {
    const without = removeComments(part);
    assert.equal(removeComments(`# more\n\n${part}\n\n# more\n`), without);
    assert.equal(removeComments(without), without);
  }
  assert.equal(removeComments("# first\n\necho a # b\n  # c\necho d\n"), "echo a\necho d\n");
});

test("lines of here-documents and texts stay as they are", () => {
  const script = "cat <<EOF\n# one\n\n#!/bin/sh\nEOF\necho '\n# two\n\n' \"\n# three\n\"\n";
  assert.equal(removeComments(script), script);
});

test("a line is refused when its removal would join two others", () => {
  assert.throws(() => removeComments("echo a\necho b \\\n# c\necho d\n"), {
    name: "SyntaxError",
    message: "line 3: the line before ends with a backslash; move this comment or blank line before it",
  });
  assert.throws(() => removeComments("echo b \\\n\necho d\n"), /line 2: the line before ends with a backslash/);
});

test("a text that is not a script is refused", () => {
  assert.throws(() => removeComments("echo a\nif true; then\n"), /^SyntaxError: line \d+: /);
});
