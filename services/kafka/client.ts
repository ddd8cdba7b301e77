import { type ICustomPartitioner, Kafka, logLevel, Partitioners, type LogEntry } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaSettings } from "@gifticon/runtime/environment.ts";
import "./log-end.ts";
import "./read-fetches.ts";
import "./rest-idle-queues.ts";
import "./topic-ids.ts";
import "./write-record-sets.ts";

/** Timeout of a request to the broker, and of a connection to it. */
export const REQUEST_TIMEOUT_MS = 3_000;
const CONNECTION_TIMEOUT_MS = 2_000;

/**
 * Bounds of what a consumer fetches into memory at once: half a megabyte is some 4,500 records, two
 * transactions that overlap with reading. kafkajs makes objects of all of it at once, which the
 * nursery should hold.
 */
export const FETCH_BYTES = { maxBytesPerPartition: 512 * 1024, maxBytes: 2 * 1024 * 1024 };

const LEVEL = {
  [logLevel.NOTHING]: "silent",
  [logLevel.ERROR]: "warn",
  [logLevel.WARN]: "debug",
  [logLevel.INFO]: "debug",
  [logLevel.DEBUG]: "trace",
} as const;

/**
 * A client of the broker with bounded requests and few retries of its own: who uses it decides what
 * a failure means, and makes a new client rather than trust one that failed (tulios/kafkajs#919:
 * one that timed out may never reconnect). Its errors are logged as warnings, because each comes
 * back to the caller as well.
 */
export function createKafka({ brokers }: KafkaSettings, clientId: string, log: Logger): Kafka {
  const kafkaLog = log.child({ library: "kafkajs" });
  return new Kafka({
    clientId,
    brokers,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 },
    logCreator:
      () =>
      ({ level, namespace, log: { message, broker, error, groupId } }: LogEntry) => {
        kafkaLog[LEVEL[level]](
          { namespace, broker: broker as unknown, error: error as unknown, groupId: groupId as unknown },
          message,
        );
      },
  });
}

/**
 * A producer that makes one attempt for each `send`, and chooses partitions by key.
 *
 * One attempt, because kafkajs 2.2.4 keeps the answers of brokers across its own retries: a
 * partition whose leader moves between two attempts to a broker that has already answered is
 * skipped, and the send succeeds without it. A new `send` starts clean; what it writes twice has
 * the same request id, and is issued once. Not idempotent, because kafkajs loses messages of
 * concurrent sends then (tulios/kafkajs#353).
 *
 * @param createPartitioner By default Java's way.
 */
export function createProducer(kafka: Kafka, createPartitioner: ICustomPartitioner = Partitioners.DefaultPartitioner) {
  return kafka.producer({
    createPartitioner,
    allowAutoTopicCreation: false,
    idempotent: false,
    retry: { retries: 0 },
  });
}
