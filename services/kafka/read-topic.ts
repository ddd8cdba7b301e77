import { randomUUID } from "node:crypto";
import type { Kafka } from "kafkajs";
import { type FetchedRecord, recordsOf } from "@gifticon/contract/fetched-record.ts";
import { FETCH_BYTES } from "./client.ts";

/** A read fails after this time without a record, in milliseconds. */
const STALLED_AFTER_MS = 30_000;

/** Consecutive records of one partition. */
export interface Chunk {
  partition: number;
  messages: FetchedRecord[];
  /** Sends a heartbeat. Long work calls it now and then. */
  heartbeat: () => Promise<void>;
}

/** The reader did not reach the end of the topic. */
class ReadError extends Error {
  override readonly name = "ReadError";
  readonly code = "READ_STALLED";
}

/**
 * Reads a topic from its first record to the record that was the last one at the call. Keeps the
 * order within each partition. Uses a separate consumer group and deletes it after a complete
 * read.
 *
 * @throws ReadError when no record arrives for 30 s; any error of the client or the handler.
 */
export async function readTopic(kafka: Kafka, topic: string, handle: (chunk: Chunk) => Promise<void>): Promise<void> {
  const groupId = `reader-${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    const unread = new Map(
      ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]),
    );
    if (unread.size === 0) return;
    await readUntil(kafka, topic, groupId, unread, handle);
    await admin.deleteGroups([groupId]);
  } finally {
    await admin.disconnect();
  }
}

async function readUntil(
  kafka: Kafka,
  topic: string,
  groupId: string,
  unread: Map<number, bigint>,
  handle: (chunk: Chunk) => Promise<void>,
): Promise<void> {
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    retry: { retries: 2, restartOnFailure: () => Promise.resolve(false) },
    ...FETCH_BYTES,
  });
  const { promise: finished, resolve, reject } = Promise.withResolvers<undefined>();
  const stalled = setTimeout(() => {
    reject(new ReadError(`nothing came from ${topic} for ${STALLED_AFTER_MS / 1_000} s`));
  }, STALLED_AFTER_MS);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    reject(payload.error);
  });
  // A batch without visible records (after compaction, or with aborted transactions) advances the
  // position too.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    stalled.refresh();
    if (BigInt(lastOffset) + 1n >= (unread.get(partition) ?? 0n)) unread.delete(partition);
    if (unread.size === 0) resolve(undefined);
  });
  const run = async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        const { partition } = payload.batch;
        const end = unread.get(partition);
        if (end === undefined) return;
        try {
          await handle({
            partition,
            messages: recordsOf(payload.batch).filter(({ offset }) => BigInt(offset) < end),
            heartbeat: () => payload.heartbeat(),
          });
        } catch (error) {
          reject(error);
          throw error;
        }
      },
    });
  };
  try {
    // The read may fail before the consumer has joined its group.
    await Promise.all([run(), finished]);
  } finally {
    clearTimeout(stalled);
    await consumer.disconnect();
  }
}
