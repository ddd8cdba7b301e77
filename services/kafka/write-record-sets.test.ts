import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CompressionTypes, type Message } from "kafkajs";
import produce, { type ProduceOptions } from "kafkajs/src/protocol/requests/produce/index.js";
import { RecordSet } from "./record-set.ts";

// Stores the original protocol before the import below replaces it.
const { protocol: kafkajsProtocol } = produce;
await import("./write-record-sets.ts");

const VERSION = 7;
const NOW = 1_800_000_000_000;

const part = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const untimed: fc.Arbitrary<Message> = fc.record(
  {
    key: fc.option(part),
    value: fc.option(part),
    headers: fc.dictionary(fc.string(), fc.oneof(part, fc.array(part, { maxLength: 3 })), { maxKeys: 3 }),
  },
  { requiredKeys: ["value"] },
);
// kafkajs compares times as texts, which is correct for texts of one length.
const time = fc
  .integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 })
  .map((milliseconds) => milliseconds.toString());
const timed = fc.tuple(untimed, time).map(([message, timestamp]): Message => ({ ...message, timestamp }));
const batch = fc.oneof(...[untimed, timed].map((message) => fc.array(message, { minLength: 1, maxLength: 150 })));
const partitions = fc.array(batch, { minLength: 1, maxLength: 3 });

function optionsOf(batches: Message[][], more: Partial<ProduceOptions> = {}): ProduceOptions {
  const partitions = batches.map((messages, partition) => ({ partition, firstSequence: 0, messages }));
  return {
    acks: -1,
    timeout: 3_000,
    compression: CompressionTypes.None,
    producerId: -1,
    producerEpoch: 0,
    topicData: [{ topic: "coupon_create", partitions }],
    ...more,
  };
}

async function bytesOf(protocol: typeof kafkajsProtocol, options: ProduceOptions): Promise<string> {
  const { buffer } = await protocol({ version: VERSION })(options).request.encode();
  return buffer.toString("hex");
}

test("record sets are written with the bytes that kafkajs writes for their messages", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: NOW });
  await fc.assert(
    fc.asyncProperty(partitions, async (batches) => {
      const sets = batches.map((messages, partition) => [new RecordSet(partition, messages)]);
      assert.equal(
        await bytesOf(produce.protocol, optionsOf(sets)),
        await bytesOf(kafkajsProtocol, optionsOf(batches)),
      );
    }),
  );
});

test("messages without a record set are written with the bytes that kafkajs writes", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: NOW });
  await fc.assert(
    fc.asyncProperty(partitions, async (batches) => {
      const options = optionsOf(batches);
      assert.equal(await bytesOf(produce.protocol, options), await bytesOf(kafkajsProtocol, options));
    }),
  );
});

test("a record set is refused when it could not be read as one", () => {
  const message = { key: "1", value: "one", timestamp: "1800000000000" };
  const set = new RecordSet(0, [message]);
  for (const [messages, more] of [
    [[set], { compression: CompressionTypes.GZIP }],
    [[set], { transactionalId: "t", producerId: 7, producerEpoch: 2 }],
    [[set], { producerId: 7, producerEpoch: 2 }],
    [[set, set], {}],
    [[message, set], {}],
    [[new RecordSet(1, [message])], {}],
  ] satisfies [Message[], Partial<ProduceOptions>][]) {
    assert.throws(
      () =>
        produce
          .protocol({ version: VERSION })(optionsOf([messages], more))
          .request.encode(),
      TypeError,
    );
  }
});
