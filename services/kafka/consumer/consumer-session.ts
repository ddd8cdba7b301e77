import { DEAD_LETTER_BATCH_BYTES, deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { createProducer, FETCH_BYTES } from "../client.ts";
import { withPinnedTopic } from "../pinned-topic.ts";
import { sendInSlices } from "../send.ts";
import { readTopicId } from "../topic-ids.ts";
import type { Admin, Consumer, EachBatchPayload, Kafka } from "kafkajs";
import { registerCodecs } from "./compression.ts";

/**
 * Below the default of 30 s, so that the partitions of a killed issuer move soon. Above the longest
 * wait for the database.
 */
const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 20_000;
const HEARTBEAT_MS = 1_000;
const FETCH_WAIT_MS = 500;
/** Longest time until the consumer notices a new partition. */
const METADATA_AGE_MS = 30_000;
/**
 * Longest wait from a consumer's stop to the event with its reason. kafkajs emits that event after
 * it has closed its connections.
 */
const REASON_WAIT_MS = 5_000;

/** The handler of a session's records. */
export interface SessionHandler {
  /** Handles a batch, and commits the offsets of what it has handled. */
  handle: (payload: EachBatchPayload) => Promise<void>;
  /** Waits for the work in progress. Returns false when a part of it won't be committed. */
  settled: () => Promise<boolean>;
  /** Discards the state of earlier assignments, because the group has assigned partitions again. */
  rejoined: () => void;
  /** Finishes the work in progress, while the session is still a member of the group. */
  close: () => Promise<void>;
}

/**
 * A membership in the consumer group, from joining to leaving or failing. It reads one topic, by
 * its id, and fails when that topic is deleted.
 */
export interface ConsumerSession {
  /**
   * Joins the group and consumes until the consumer has stopped. Returns the reason when nobody
   * requested the stop.
   */
  run: (handler: SessionHandler) => Promise<Error | undefined>;
  sendDeadLetters: (messages: OutgoingMessage[]) => Promise<void>;
  /** Finishes the transaction in progress, leaves the group and closes all connections. */
  close: () => Promise<void>;
}

/** Events that the session reports while it runs. */
export interface SessionEvents {
  /** The client showed a sign of life: a fetch, a heartbeat, a batch or a join. */
  active: () => void;
  /**
   * The group assigned these partitions to the member. Undefined means that it is no longer a
   * member.
   */
  joined: (partitions: readonly number[] | undefined) => void;
}

/** Opens a session with a new client. */
export function openSession(kafka: Kafka, topic: string, groupId: string, events: SessionEvents): ConsumerSession {
  registerCodecs();
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    metadataMaxAge: METADATA_AGE_MS,
    allowAutoTopicCreation: false,
    readUncommitted: false,
    ...FETCH_BYTES,
    // kafkajs restarts its consumer after some failures and leaves it stopped after others. Here
    // every failure ends the session.
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: () => Promise.resolve(false) },
  });
  const producer = createProducer(kafka);
  const admin = kafka.admin();
  const { promise: ended, resolve: end } = Promise.withResolvers<Error | undefined>();
  let close = (): Promise<void> => Promise.resolve();

  return {
    run: async (handler) => {
      forwardEvents(consumer, topic, handler, events, end);
      close = () => handler.close();
      await admin.connect();
      const id = await readTopicId(admin, topic);
      await ensureDeadLetterTopic(admin, deadLetterTopic(topic));
      await admin.disconnect();
      await producer.connect();
      await consumer.connect();
      const onLost = (failure: Error) => {
        consumer.pause([{ topic }]);
        end(failure);
      };
      await withPinnedTopic({ topic, id, onLost }, () => consume(consumer, topic, handler));
      return ended;
    },
    sendDeadLetters: (messages) => sendInSlices(producer, deadLetterTopic(topic), messages),
    close: async () => {
      // The handler closes first, because only a member of the group can commit its offsets.
      await close();
      await consumer.disconnect();
      end(undefined);
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}

async function consume(consumer: Consumer, topic: string, handler: SessionHandler): Promise<void> {
  // Starts at the beginning, because requests that were queued before the group's first member
  // joined must be issued too.
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: (payload) => handler.handle(payload),
  });
}

function forwardEvents(
  consumer: Consumer,
  topic: string,
  handler: SessionHandler,
  { active, joined }: SessionEvents,
  end: (failure: Error | undefined) => void,
): void {
  const { FETCH, HEARTBEAT, END_BATCH_PROCESS, GROUP_JOIN, REBALANCING, CRASH, STOP } = consumer.events;
  for (const event of [FETCH, HEARTBEAT, REBALANCING] as const) consumer.on(event, active);
  consumer.on(END_BATCH_PROCESS, ({ payload: { partition, batchSize, lastOffset } }) => {
    active();
    if (batchSize > 0) return;
    // The batch has only markers and aborted records of transactions. The handler gets no such
    // batch, and without a commit it would count as lag.
    const offset = (BigInt(lastOffset) + 1n).toString();
    const commit = async () => {
      if (await handler.settled()) await consumer.commitOffsets([{ topic, partition, offset }]);
    };
    // In a rebalance the commit may fail. Then Kafka delivers the records again.
    commit().catch(() => undefined);
  });
  consumer.on(GROUP_JOIN, ({ payload }) => {
    active();
    handler.rejoined();
    joined(payload.memberAssignment[topic] ?? []);
  });
  consumer.on(CRASH, ({ payload }) => {
    joined(undefined);
    end(payload.error);
  });
  consumer.on(STOP, () => {
    joined(undefined);
    setTimeout(end, REASON_WAIT_MS, undefined).unref();
  });
}

async function ensureDeadLetterTopic(admin: Admin, topic: string): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, configEntries: [{ name: "max.message.bytes", value: DEAD_LETTER_BATCH_BYTES.toString() }] }],
  });
}
