import assert from "node:assert/strict";
import { test } from "node:test";
import { format, healthyHost, NEVER } from "../testing.ts";
import { checkDeadLetters } from "./dead-letters.ts";

/** Returns the notes when the issuer's tasks report these numbers of dead letters. */
function found(...deadLetters: number[]): string[] {
  const tasks = deadLetters.map((count) => ({
    ...{ service: "gifticon_gifticon-issuer", ready: { ok: true }, lag: [], held: {}, replaced: NEVER },
    deadLetters: count,
  }));
  return format(checkDeadLetters({ hosts: { "worker-1": { ...healthyHost(), tasks } } }, "./run replay"));
}

test("notes dead letters that wait, with the command that puts them back", () => {
  const next = "./run replay puts back those that can be read now";
  assert.deepEqual(found(3), [`note: 3 dead letters wait in coupon_create.dlt -> ${next}`]);
  assert.deepEqual(found(1), [`note: 1 dead letter waits in coupon_create.dlt -> ${next}`]);
});

test("counts the letters once when two tasks of the issuer report them", () => {
  assert.equal(found(3, 3).length, 1);
});

test("notes nothing without dead letters", () => {
  assert.deepEqual(found(0), []);
  assert.deepEqual(found(), []);
});
