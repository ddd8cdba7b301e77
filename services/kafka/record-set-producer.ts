import { type Kafka, type Message, type PartitionMetadata, Partitioners } from "kafkajs";
import { createProducer } from "./client.ts";
import { RecordSet } from "./record-set.ts";
import { sendAcknowledged } from "./send.ts";

/** Writes to one topic, many messages at a time. */
export interface RecordSetProducer {
  connect: () => Promise<void>;
  /**
   * Returns when the broker has acknowledged the messages from all in-sync replicas.
   *
   * @throws When one attempt fails; the messages may have been stored nevertheless.
   */
  send: (messages: Message[]) => Promise<void>;
  disconnect: () => Promise<void>;
}

/**
 * A producer that hands kafkajs one `RecordSet` for each partition. kafkajs 2.2.4 copies the list
 * of a partition's messages for each message that it adds, and hashes keys with objects for
 * numbers, which together made a quarter of main-api's garbage. Of partitions it knows those that
 * kafkajs itself saw at the last write; so the first messages go one by one.
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
