import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Kafka, type Message, Partitioners, type ProducerConfig, type ProducerRecord } from "kafkajs";
import { createRecordSetProducer } from "./record-set-producer.ts";
import { RecordSet } from "./record-set.ts";

const TOPIC = "coupon_create";

/**
 * Returns a topic with this many partitions, and a client that stores sent messages. Its producer
 * calls its partitioner as kafkajs does.
 */
function topicOf(count: number) {
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
  const sent: Message[][] = [];
  const producer = ({ createPartitioner }: ProducerConfig) => {
    const choose = createPartitioner?.();
    return {
      send: ({ topic, messages }: ProducerRecord) => {
        sent.push(messages);
        const written = new Set(messages.map((message) => choose?.({ topic, partitionMetadata, message })));
        return Promise.resolve([...written].map((partition) => ({ partition, errorCode: 0 })));
      },
    };
  };
  const javas = Partitioners.DefaultPartitioner();
  return {
    kafka: { producer } as unknown as Kafka,
    sent,
    partitionOf: (message: Message) => javas({ topic: TOPIC, partitionMetadata, message }),
  };
}

const message = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map((userId): Message => ({
  key: userId.toString(),
  value: "v",
  timestamp: "1800000000000",
}));
const some = fc.array(message, { minLength: 1, maxLength: 50 });

test("messages after the first ones are sent in order, as one record set for each partition that Java's client chooses", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), some, some, async (count, first, second) => {
      const { kafka, sent, partitionOf } = topicOf(count);
      const producer = createRecordSetProducer(kafka, TOPIC);
      await producer.send(first);
      await producer.send(second);
      const expected = [...Map.groupBy(second, partitionOf)].map(
        ([partition, messages]) => new RecordSet(partition, messages),
      );
      assert.deepEqual(sent, [first, expected]);
    }),
  );
});
