import assert from "node:assert/strict";
import { test } from "node:test";
import { format, healthyHost } from "../testing.ts";
import { checkReplacedTopic } from "./replaced-topic.ts";

const MET = Date.parse("2026-12-25T09:00:00Z") / 1_000;
const NEXT =
  'docs/troubleshooting.md, "A topic was deleted and created again", tells what is lost and how users get theirs';

/**
 * Returns the finding when the issuer saw another topic this many seconds ago, with this many
 * waiting requests in the former one.
 */
function found(waited: number, seconds: number, at = MET): string[] {
  const issuer = {
    service: "gifticon_gifticon-issuer",
    ready: { ok: true },
    lag: [],
    held: {},
    replaced: { at, waited },
    deadLetters: 0,
  };
  return format(
    checkReplacedTopic({ hosts: { "worker-1": { ...healthyHost(), clock: MET + seconds, tasks: [issuer] } } }),
  );
}

test("a topic that was created again is noted for a day, with the number of requests that waited in the former one", () => {
  const words = "topic coupon_create was deleted and created again before 2026-12-25T09:00:00.000Z";
  assert.deepEqual(found(7, 10), [
    `note: ${words}; 7 requests waited in the former one at the last check of the issuer -> ${NEXT}`,
  ]);
  assert.deepEqual(found(-1, 10), [`note: ${words}; how many requests waited in the former one is unknown -> ${NEXT}`]);
  assert.deepEqual(found(7, 24 * 3_600 + 1), []);
});

test("a topic that was created again while no request waited is not noted", () => {
  assert.deepEqual(found(0, 10), []);
});

test("a topic that was never deleted is not noted", () => {
  assert.deepEqual(found(0, 10, 0), []);
});
