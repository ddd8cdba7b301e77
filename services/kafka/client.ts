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
 * Limits of a consumer's fetch, in bytes. Half a megabyte is about 4,500 records: two transactions,
 * whose work overlaps with reading. kafkajs makes objects of all of them at once, which should fit
 * into the young generation of V8's heap.
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
 * Creates a client of the broker with time limits for requests and few retries. Its caller decides
 * what a failure means, and replaces a failed client by a new one, because a client may never
 * reconnect after a timeout (tulios/kafkajs#919). The client's errors are logged as warnings,
 * because the caller gets each of them too.
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
 * Creates a producer that makes one attempt for each `send`, and chooses partitions by key.
 *
 * It makes no retries, because kafkajs 2.2.4 keeps the brokers' answers across its own retries.
 * Then it skips a partition whose leader moved between two attempts to a broker that has already
 * answered, and the send succeeds without that partition. A new `send` has no such answers. A
 * message that is written twice has the same request id and is issued once. The producer is not
 * idempotent, because an idempotent one loses messages of concurrent sends (tulios/kafkajs#353).
 *
 * @param createPartitioner the partitioner of Java's client by default.
 */
export function createProducer(kafka: Kafka, createPartitioner: ICustomPartitioner = Partitioners.DefaultPartitioner) {
  return kafka.producer({
    createPartitioner,
    allowAutoTopicCreation: false,
    idempotent: false,
    retry: { retries: 0 },
  });
}
