import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "./wait-until.ts";

const soon = { timeoutMs: 20, everyMs: 1 };

test("waitUntil returns the first value that is neither undefined nor false", async () => {
  const values = [undefined, false, 0];
  assert.equal(await waitUntil("a value", () => values.shift()), 0);
});

test("waitUntil tries again after an error", async () => {
  let attempts = 0;
  const probe = () => {
    attempts += 1;
    if (attempts < 3) throw new Error("not yet");
    return attempts;
  };
  assert.equal(await waitUntil("the third attempt", probe), 3);
});

test("waitUntil names what it waited for and the last error", async () => {
  const cause = new Error("refused");
  await assert.rejects(
    waitUntil("an answer", () => Promise.reject(cause), soon),
    { message: "not within 20 ms: an answer", cause },
  );
});
