import { type Kafka, type Message, type PartitionMetadata, Partitioners } from "kafkajs";
import { createProducer } from "./client.ts";
import { RecordSet } from "./record-set.ts";
import { sendAcknowledged } from "./send.ts";

/** A producer that writes many messages at a time to one topic. */
export interface RecordSetProducer {
  connect: () => Promise<void>;
  /**
   * Returns when the broker has acknowledged the messages from all in-sync replicas.
   *
   * @throws the error of its single attempt; the messages may have been stored nevertheless.
   */
  send: (messages: Message[]) => Promise<void>;
  disconnect: () => Promise<void>;
}

/**
 * Creates a producer that passes kafkajs one `RecordSet` for each partition. By itself, kafkajs
 * 2.2.4 copies a partition's list of messages for each message that it adds, and hashes keys with
 * objects for numbers. Together, that caused a quarter of main-api's garbage. The producer knows
 * the partitions that kafkajs saw at the last write, so it sends the first messages one by one.
 */
export function createRecordSetProducer(kafka: Kafka, topic: string): RecordSetProducer {
  const choose = Partitioners.DefaultPartitioner();
  let partitions: PartitionMetadata[] = [];
  const producer = createProducer(kafka, () => (asked) => {
    partitions = asked.partitionMetadata;
    return choose(asked);
  });

  const partitionOf = (message: Message) => choose({ topic, partitionMetadata: partitions, message });
  const recordSets = (messages: Message[]) => {
    const [only, ...others] = partitions;
    if (only === undefined) return messages;
    if (others.length === 0) return [new RecordSet(only.partitionId, messages)];
    return [...Map.groupBy(messages, partitionOf)].map(([partition, some]) => new RecordSet(partition, some));
  };
  return {
    connect: () => producer.connect(),
    send: (messages) => sendAcknowledged(producer, topic, recordSets(messages)),
    disconnect: () => producer.disconnect(),
  };
}
