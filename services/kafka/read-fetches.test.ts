import assert from "node:assert/strict";
import { test } from "node:test";
import Encoder from "kafkajs/src/protocol/encoder.js";
import fetch from "kafkajs/src/protocol/requests/fetch/index.js";
import "./read-fetches.ts";

const OPTIONS = {
  maxWaitTime: 0,
  minBytes: 1,
  maxBytes: 1_000,
  topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: "4", maxBytes: 1_000 }] }],
};

/** Returns an answer without records in version 11 of the protocol. */
function answer(highWatermark: number, lastStableOffset: number): Buffer {
  const offsets = Buffer.alloc(24);
  [highWatermark, lastStableOffset, 0].forEach((offset, index) => offsets.writeBigInt64BE(BigInt(offset), 8 * index));
  const [throttle, session, noTransactions, replica] = [0, 0, 0, -1].map((value) => new Encoder().writeInt32(value));
  return Buffer.concat([
    ...[throttle, new Encoder().writeInt16(0), session].map((part) => part?.buffer ?? Buffer.alloc(0)),
    new Encoder().writeInt32(1).writeString("t").writeInt32(1).writeInt32(0).writeInt16(0).buffer,
    offsets,
    ...[noTransactions, replica].map((part) => part?.buffer ?? Buffer.alloc(0)),
    new Encoder().writeBytes(Buffer.alloc(0)).buffer,
  ]);
}

async function endOf(highWatermark: number, lastStableOffset: number): Promise<string | undefined> {
  const { response } = fetch.protocol({ version: 11 })(OPTIONS);
  const { responses } = (await response.decode(answer(highWatermark, lastStableOffset))) as {
    responses: { partitions: { highWatermark: string }[] }[];
  };
  return responses[0]?.partitions[0]?.highWatermark;
}

test("records that an open transaction holds back don't count as records that can be fetched", async () => {
  assert.equal(await endOf(10, 4), "4");
});

test("for a reader of uncommitted records the whole log counts", async () => {
  assert.equal(await endOf(10, -1), "10");
});
