import assert from "node:assert/strict";
import { test } from "node:test";
import { isQueueEmpty } from "./queue.ts";

test("a queue is empty when the last lag is 0", () => {
  assert.equal(isQueueEmpty([{ lag: 3 }, { lag: 0 }]), true);
  assert.equal(isQueueEmpty([{ lag: 0 }, { lag: 3 }]), false);
});

test("a lag that could not be read is no empty queue", () => {
  assert.equal(isQueueEmpty([{ lag: 3 }, {}]), false);
});

test("without a queue there is no lag, and nothing waits", () => {
  assert.equal(isQueueEmpty([{}, {}]), true);
});
