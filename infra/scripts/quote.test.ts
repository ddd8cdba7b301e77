import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { quote } from "./quote.ts";

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

test("a NUL, which no shell variable can hold, is refused", () => {
  assert.throws(() => quote("a\0b"), /^RangeError: a shell variable can't hold a NUL$/);
});
