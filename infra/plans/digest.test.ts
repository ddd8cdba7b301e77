import assert from "node:assert/strict";
import { test } from "node:test";
import { shortDigest } from "./digest.ts";

test("a digest changes with the text and is short enough for a name in the Swarm", () => {
  assert.equal(shortDigest("a").length, 12);
  assert.notEqual(shortDigest("a"), shortDigest("b"));
});
