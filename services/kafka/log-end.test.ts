import assert from "node:assert/strict";
import { test } from "node:test";
import listOffsets from "kafkajs/src/protocol/requests/listOffsets/index.js";
import { LOG_END } from "./log-end.ts";

/** Returns the isolation level and the time that the broker gets. */
async function asked(timestamp: number): Promise<{ isolationLevel: number; timestamp: bigint }> {
  const topics = [{ topic: "t", partitions: [{ partition: 0, timestamp }] }];
  const { buffer } = await listOffsets.protocol({ version: 3 })({ topics }).request.encode();
  return { isolationLevel: buffer.readInt8(4), timestamp: buffer.readBigInt64BE(buffer.length - 8) };
}

test("the request for the end of the log ignores open transactions", async () => {
  assert.deepEqual(await asked(LOG_END), { isolationLevel: 0, timestamp: -1n });
});

test("requests for other offsets are those of a reader of committed records", async () => {
  assert.deepEqual(await asked(-1), { isolationLevel: 1, timestamp: -1n });
  assert.deepEqual(await asked(-2), { isolationLevel: 1, timestamp: -2n });
  assert.deepEqual(await asked(1_700_000_000_000), { isolationLevel: 1, timestamp: 1_700_000_000_000n });
});
