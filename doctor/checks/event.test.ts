import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sight } from "../sight.ts";
import { wellHost } from "../testing.ts";
import { checkEvent } from "./event.ts";

const API = "gifticon_main-api";
const ISSUER = "gifticon_gifticon-issuer";

/** One host with a copy of the API, which tells of so many requests, and the issuer. */
function hosts(queued: number, accepted: number, lag: number[] = [queued], held = 0): Sight["hosts"] {
  const stats = { queued, accepted, held, issued: accepted - queued };
  return {
    "worker-1": {
      ...wellHost(),
      tasks: [
        { service: API, ready: { ok: true }, lag: [], held: {}, stats },
        { service: ISSUER, ready: { ok: true }, lag, held: { 0: held } },
      ],
    },
  };
}

const found = (sight: Pick<Sight, "hosts" | "later">) => checkEvent(sight, "up").map(({ what }) => what);

test("tasks that are ready, with an empty queue or one that moves, are well", () => {
  assert.deepEqual(found({ hosts: hosts(0, 10), later: undefined }), []);
  assert.deepEqual(found({ hosts: hosts(5, 10), later: hosts(9, 20) }), []);
});

test("a queue of which nothing was decided is told", () => {
  assert.deepEqual(found({ hosts: hosts(5, 10), later: hosts(8, 13) }), [
    "8 requests wait in the topic and none was decided within the look",
  ]);
});

test("a queue of which all is held back by a transaction that is told is not told again", () => {
  const kafka = (transactions: string[] | null) => ({ kafka: { ...wellHost(), transactions } });
  const held = (count: number) => hosts(5, 10, [5], count);
  const look = (count: number, transactions: string[] | null) =>
    found({ hosts: held(count), later: { ...held(count), ...kafka(transactions) } });
  assert.deepEqual(look(5, ["0 1000 17 0 batch"]), []);
  const words = "5 requests wait in the topic and none was decided within the look";
  assert.deepEqual(look(4, ["0 1000 17 0 batch"]), [words]);
  assert.deepEqual(look(5, null), [words]);
});

test("a task that isn't ready is told in its own words, and one that doesn't answer", () => {
  const sight = hosts(0, 0);
  const [api, issuer] = sight["worker-1"]?.tasks ?? [];
  assert.ok(api && issuer);
  api.ready = { ok: false, reason: "the broker can't be reached" };
  issuer.ready = undefined;
  assert.deepEqual(found({ hosts: sight, later: undefined }), [
    `${API} on worker-1 is not ready: the broker can't be reached`,
    `${ISSUER} on worker-1 doesn't answer`,
  ]);
});

test("a task that waits for a missing topic is told with the step that makes it again", () => {
  const sight = hosts(0, 0);
  const [api] = sight["worker-1"]?.tasks ?? [];
  assert.ok(api);
  api.ready = { ok: false, reason: "no topic" };
  const next = (topics: string[]) =>
    checkEvent({ hosts: { ...sight, kafka: { ...wellHost(), topics } }, later: undefined }, "up").map(
      ({ next }) => next,
    );
  assert.deepEqual(next(["coupon_create missing"]), [
    "up makes the missing topic again, without which no task is ready",
  ]);
  assert.match(next([])[0] ?? "", /service logs/);
});
