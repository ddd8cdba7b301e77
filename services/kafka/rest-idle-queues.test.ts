import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import "./rest-idle-queues.ts";

function queueOf(t: TestContext, maxInFlightRequests: number) {
  const sent: number[] = [];
  const queue = new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: "test",
    broker: "broker:9092",
    logger: { debug: () => undefined },
    isConnected: () => true,
  });
  t.after(() => {
    queue.rejectAll(new Error("the test is over"));
  });
  const push = (correlationId: number) => {
    queue.push({
      entry: { correlationId, resolve: () => undefined, reject: () => undefined },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    });
  };
  return { queue, sent, push };
}

test("a queue without waiting requests has no timer", (t) => {
  const { queue, sent, push } = queueOf(t, 5);
  push(1);
  queue.checkPendingRequests();
  assert.deepEqual(sent, [1]);
  assert.equal(queue.throttleCheckTimeoutId ?? null, null);
});

test("a request that waited during the broker's pause is sent after it", async (t) => {
  const { queue, sent, push } = queueOf(t, 5);
  queue.maybeThrottle(20);
  push(1);
  assert.deepEqual(sent, []);
  await new Promise<void>((resolve) => {
    push(2);
    const waiting = setInterval(() => {
      if (sent.length < 2) return;
      clearInterval(waiting);
      resolve();
    }, 1);
  });
  assert.deepEqual(sent, [1, 2]);
  assert.equal(queue.throttleCheckTimeoutId, null);
});

test("a request above the limit of requests in progress is sent after a response", (t) => {
  const { queue, sent, push } = queueOf(t, 1);
  push(1);
  push(2);
  assert.deepEqual(sent, [1]);
  queue.inflight.clear();
  queue.checkPendingRequests();
  assert.deepEqual(sent, [1, 2]);
});
