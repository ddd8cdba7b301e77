import assert from "node:assert/strict";
import { test } from "node:test";
import { readLag } from "./lag.ts";

/**
 * A broker with these offsets of each partition: the first kept record, the end, what the group has
 * committed, and the last stable offset where a transaction is open.
 */
function broker(...partitions: { low: number; high: number; committed?: number; stable?: number }[]) {
  const topicOffsets = partitions.map(({ low, high, stable = high }, partition) => ({
    partition,
    offset: stable.toString(),
    low: low.toString(),
    high: stable.toString(),
  }));
  const ends = partitions.map(({ high }, partition) => ({ partition, offset: high.toString() }));
  const committed = partitions.map(({ committed = -1 }, partition) => ({
    partition,
    offset: committed.toString(),
    metadata: null,
  }));
  return {
    fetchTopicOffsets: () => Promise.resolve(topicOffsets),
    fetchTopicOffsetsByTimestamp: () => Promise.resolve(ends),
    fetchOffsets: () => Promise.resolve([{ topic: "t", partitions: committed }]),
  };
}

test("the lag is what the group hasn't committed, from the first kept record on where it has committed nothing", async () => {
  const admin = broker({ low: 0, high: 10, committed: 4 }, { low: 3, high: 10 }, { low: 8, high: 10, committed: 2 });
  assert.deepEqual(await readLag(admin, "t", "g"), [
    { partition: 0, written: 10, behind: 6, held: 0 },
    { partition: 1, written: 10, behind: 7, held: 0 },
    { partition: 2, written: 10, behind: 2, held: 0 },
  ]);
});

test("the lag isn't negative when the group commits between the two questions", async () => {
  assert.deepEqual(await readLag(broker({ low: 0, high: 10, committed: 11 }), "t", "g"), [
    { partition: 0, written: 10, behind: 0, held: 0 },
  ]);
});

test("the lag counts what an open transaction holds back", async () => {
  assert.deepEqual(await readLag(broker({ low: 0, high: 10, stable: 4, committed: 4 }), "t", "g"), [
    { partition: 0, written: 10, behind: 6, held: 6 },
  ]);
});

test("nothing is held back when a transaction ends between the two questions", async () => {
  assert.deepEqual(await readLag(broker({ low: 0, high: 10, stable: 11, committed: 10 }), "t", "g"), [
    { partition: 0, written: 10, behind: 0, held: 0 },
  ]);
});
