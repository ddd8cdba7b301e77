import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../observation.ts";
import { healthyHost, NEVER } from "../testing.ts";
import { checkEvent } from "./event.ts";

const API = "gifticon_main-api";
const ISSUER = "gifticon_gifticon-issuer";

/** Returns one host with the issuer and a task of the API that reports these requests. */
function hosts(queued: number, accepted: number, lag: number[] = [queued], held = 0): Observation["hosts"] {
  const stats = { queued, accepted, held, issued: accepted - queued };
  return {
    "worker-1": {
      ...healthyHost(),
      tasks: [
        { service: API, ready: { ok: true }, lag: [], held: {}, replaced: NEVER, deadLetters: 0, stats },
        { service: ISSUER, ready: { ok: true }, lag, held: { 0: held }, replaced: NEVER, deadLetters: 0 },
      ],
    },
  };
}

const found = (observation: Pick<Observation, "hosts" | "later">) => checkEvent(observation).map(({ what }) => what);

test("finds no fault in ready tasks with an empty or moving queue", () => {
  assert.deepEqual(found({ hosts: hosts(0, 10), later: undefined }), []);
  assert.deepEqual(found({ hosts: hosts(5, 10), later: hosts(9, 20) }), []);
});

test("finds a queue that doesn't move", () => {
  assert.deepEqual(found({ hosts: hosts(5, 10), later: hosts(8, 13) }), [
    "8 requests wait in the topic and none was decided during the check",
  ]);
});

test("doesn't report a queue again that a reported transaction holds back completely", () => {
  const kafka = (transactions: string[] | null) => ({ kafka: { ...healthyHost(), transactions } });
  const held = (count: number) => hosts(5, 10, [5], count);
  const foundIn = (count: number, transactions: string[] | null) =>
    found({ hosts: held(count), later: { ...held(count), ...kafka(transactions) } });
  assert.deepEqual(foundIn(5, ["0 1000 17 0 batch"]), []);
  const finding = "5 requests wait in the topic and none was decided during the check";
  assert.deepEqual(foundIn(4, ["0 1000 17 0 batch"]), [finding]);
  assert.deepEqual(foundIn(5, null), [finding]);
});

test("finds a task that isn't ready, with its reason, and one that doesn't answer", () => {
  const observation = hosts(0, 0);
  const [api, issuer] = observation["worker-1"]?.tasks ?? [];
  assert.ok(api && issuer);
  api.ready = { ok: false, reason: "the broker can't be reached" };
  issuer.ready = undefined;
  assert.deepEqual(found({ hosts: observation, later: undefined }), [
    `${API} on worker-1 is not ready: the broker can't be reached`,
    `${ISSUER} on worker-1 doesn't answer`,
  ]);
});

test("a task that isn't ready may follow from the broker, except without the database or an answer", () => {
  const kind = (ready: { ok: false; reason: string } | undefined) => {
    const observation = hosts(0, 0);
    const [api] = observation["worker-1"]?.tasks ?? [];
    assert.ok(api);
    api.ready = ready;
    return checkEvent({ hosts: observation, later: undefined }).map(({ kind }) => kind);
  };
  assert.deepEqual(kind({ ok: false, reason: "broker: not connected yet" }), ["event's tasks"]);
  assert.deepEqual(kind({ ok: false, reason: "database: refused" }), [undefined]);
  assert.deepEqual(kind(undefined), [undefined]);
});
