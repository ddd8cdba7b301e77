import assert from "node:assert/strict";
import { test } from "node:test";
import type { PartitionMetadata } from "kafkajs";
import { readLag } from "./lag.ts";

/**
 * Returns a broker with these offsets of each partition: the first existing record, the end, the
 * group's commit, and the last stable offset if a transaction is open.
 */
function broker(
  ...partitions: { low: number; high: number; committed?: number; metadata?: string; stable?: number }[]
) {
  const topicOffsets = partitions.map(({ low, high, stable = high }, partition) => ({
    partition,
    offset: stable.toString(),
    low: low.toString(),
    high: stable.toString(),
  }));
  const ends = partitions.map(({ high }, partition) => ({ partition, offset: high.toString() }));
  const committed = partitions.map(({ committed = -1, metadata = null }, partition) => ({
    partition,
    offset: committed.toString(),
    metadata,
  }));
  const topics = [{ name: "t", partitions: [{ topicId: "new" }] as unknown as PartitionMetadata[] }];
  return {
    fetchTopicMetadata: () => Promise.resolve({ topics }),
    fetchTopicOffsets: () => Promise.resolve(topicOffsets),
    fetchTopicOffsetsByTimestamp: () => Promise.resolve(ends),
    fetchOffsets: () => Promise.resolve([{ topic: "t", partitions: committed }]),
  };
}

test("the lag counts uncommitted records, from the first existing record on for a group without a commit", async () => {
  const admin = broker({ low: 0, high: 10, committed: 4 }, { low: 3, high: 10 }, { low: 8, high: 10, committed: 2 });
  assert.deepEqual(await readLag(admin, "t", "g"), [
    { partition: 0, topicId: "new", written: 10, behind: 6, held: 0 },
    { partition: 1, topicId: "new", written: 10, behind: 7, held: 0 },
    { partition: 2, topicId: "new", written: 10, behind: 2, held: 0 },
  ]);
});

test("the lag isn't negative when the group commits between the two requests", async () => {
  const admin = broker({ low: 0, high: 10, committed: 11 });
  const ends = ["10", "12"].map((offset) => [{ partition: 0, offset }]);
  const grows = { ...admin, fetchTopicOffsetsByTimestamp: () => Promise.resolve(ends.shift() ?? []) };
  assert.deepEqual(await readLag(grows, "t", "g"), [{ partition: 0, topicId: "new", written: 12, behind: 1, held: 2 }]);
});

test("an offset that was set beyond the end doesn't count: the issuer starts at the first record", async () => {
  assert.deepEqual(await readLag(broker({ low: 3, high: 10, committed: 5_000 }), "t", "g"), [
    { partition: 0, topicId: "new", written: 10, behind: 7, held: 0 },
  ]);
});

test("the lag includes records that an open transaction holds back", async () => {
  assert.deepEqual(await readLag(broker({ low: 0, high: 10, stable: 4, committed: 4 }), "t", "g"), [
    { partition: 0, topicId: "new", written: 10, behind: 6, held: 6 },
  ]);
});

test("nothing is held back when a transaction ends between the two requests", async () => {
  assert.deepEqual(await readLag(broker({ low: 0, high: 10, stable: 11, committed: 10 }), "t", "g"), [
    { partition: 0, topicId: "new", written: 10, behind: 0, held: 0 },
  ]);
});

test("an offset that was committed for a deleted topic of the same name doesn't count", async () => {
  const of = (metadata: string) => broker({ low: 0, high: 10, committed: 8, metadata });
  const lag = async (metadata: string) => (await readLag(of(metadata), "t", "g"))[0]?.behind;
  assert.equal(await lag("topic-id=old"), 10);
  assert.equal(await lag("topic-id=new"), 2);
  assert.equal(await lag("of another client"), 2);
});
