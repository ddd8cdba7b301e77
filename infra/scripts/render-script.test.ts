import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { quote, renderScript } from "./render-script.ts";

test("bash reads each quoted value as it was", () => {
  const texts = fc.array(fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")));
  fc.assert(
    fc.property(texts, (values) => {
      const script = `printf '%s\\n--\\n' ${values.map(quote).join(" ")}`;
      const expected = values.length === 0 ? "\n--\n" : values.map((value) => `${value}\n--\n`).join("");
      assert.equal(execFileSync("bash", ["-c", script], { encoding: "utf8" }), expected);
    }),
    { numRuns: 30 },
  );
});

test("a script's values stand before it as read-only variables", () => {
  const lines = renderScript("infra/scripts/member/leave.sh", {
    NAME: "it's",
    COUNT: 2,
    ON: true,
    KEYS: ["a b", "c"],
  }).split("\n");
  assert.deepEqual(lines.slice(0, 5), [
    "#!/usr/bin/env bash",
    `readonly NAME='it'\\''s'`,
    "readonly COUNT='2'",
    "readonly ON='true'",
    "readonly -a KEYS=('a b' 'c')",
  ]);
});

test("a name that no shell variable can have is refused", () => {
  assert.throws(
    () => renderScript("infra/scripts/member/leave.sh", { "a;b": "" }),
    /a;b is not a name of a shell variable/,
  );
});
