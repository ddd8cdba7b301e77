import assert from "node:assert/strict";
import { test } from "node:test";
import { Progress } from "./progress.ts";

test("a loop that hasn't moved for a minute is stalled, until it moves again", () => {
  let now = 0;
  const progress = new Progress(() => now);
  now = 59_999;
  assert.deepEqual(progress.verdict, { ok: true });
  now = 60_000;
  assert.deepEqual(progress.verdict, { ok: false, reason: "the consumer hasn't moved for 60 s" });
  progress.tick();
  assert.deepEqual(progress.verdict, { ok: true });
});
