import assert from "node:assert/strict";
import { test } from "node:test";
import { newCodes } from "./code.ts";

test("codes are distinct and easy to read", () => {
  const codes = newCodes(1_000);
  assert.equal(new Set(codes).size, 1_000);
  for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
});
