import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import { findReplayed, recordReplayed } from "@gifticon/event-database/replayed.ts";
import { findSchema } from "@gifticon/event-database/schema-watch.ts";
import type { IssuerSettings } from "@gifticon/runtime/environment.ts";
import { createKafka, createProducer } from "@gifticon/kafka/client.ts";
import { sendInSlices } from "@gifticon/kafka/send.ts";
import type { RecordPosition } from "@gifticon/contract/request-id.ts";
import { createLog } from "@gifticon/runtime/log.ts";
import type { Producer } from "kafkajs";
import type { Pool, PoolClient } from "pg";
import { registerCodecs } from "@gifticon/kafka/consumer/compression.ts";
import { decideLetter, type LetterDecision } from "./decide-letter.ts";
import { readTopic } from "@gifticon/kafka/read-topic.ts";

/** Key of the lock that allows one replay at a time. It differs from the migrations' key. */
const ADVISORY_LOCK = 2_512_250_001;
const CHUNK = 500;

/** Result of a replay. */
export interface ReplayReport {
  /** Letters that this replay put back. */
  putBack: number;
  /** Letters that an earlier replay had put back. */
  putBackEarlier: number;
  /** Letters that stay in the dead letter topic. */
  skipped: number;
}

/** Reports that another replay is running. */
class ReplayRunningError extends Error {
  override readonly name = "ReplayRunningError";
  readonly code = "REPLAY_RUNNING";
}

/**
 * Puts dead letters back on the topic: all, or only those that can be read now. The database
 * records each letter after the broker's acknowledgement, so later replays leave it out. If a
 * replay is interrupted in between, the next one puts the letter on the topic a second time. Both
 * records have the request id of the original position, so the database decides the request once.
 *
 * @param print receives a line for each letter.
 * @throws ReplayRunningError when another replay is running.
 * @throws Error when the database lacks its schema, or from the broker or database. The next run
 *   continues.
 */
export async function replayDeadLetters(
  { kafka: settings, database, logLevel }: IssuerSettings,
  all: boolean,
  print: (line: string) => void,
): Promise<ReplayReport> {
  registerCodecs();
  const log = createLog("gifticon-replay", logLevel);
  const kafka = createKafka(settings, "gifticon-replay", log);
  const producer = createProducer(kafka);
  const pool = createPool({ ...database, poolSize: 2 }, "gifticon-replay", log);
  const topic = deadLetterTopic(settings.topic);
  const report: ReplayReport = { putBack: 0, putBackEarlier: 0, skipped: 0 };
  let lock: PoolClient | undefined;
  try {
    lock = await takeLock(pool);
    const schema = await findSchema(pool);
    if (!schema.ok) throw new Error(schema.reason);
    await producer.connect();
    await readTopic(kafka, topic, async ({ partition, messages, heartbeat }) => {
      for (let next = 0; next < messages.length; next += CHUNK) {
        const letters = messages
          .slice(next, next + CHUNK)
          .map((message) => decideLetter(topic, partition, message, all));
        await putBack({ producer, pool, topic: settings.topic }, letters, print, report);
        await heartbeat();
      }
    });
    return report;
  } finally {
    await producer.disconnect();
    // Closing the connection releases the lock.
    lock?.release(true);
    await pool.end();
  }
}

async function putBack(
  { producer, pool, topic }: { producer: Producer; pool: Pool; topic: string },
  letters: readonly LetterDecision[],
  print: (line: string) => void,
  report: ReplayReport,
): Promise<void> {
  const done = await findReplayed(
    pool,
    letters.map(({ letterId }) => letterId),
  );
  const open = letters.filter(({ letterId }) => !done.has(letterId));
  const back = open.flatMap(({ message, ...letter }) => (message === undefined ? [] : [{ ...letter, message }]));
  await sendInSlices(
    producer,
    topic,
    back.map(({ message }) => message),
  );
  await recordReplayed(
    pool,
    back.map(({ letterId }) => letterId),
  );
  for (const { message, position, reason } of open) {
    print(
      message === undefined ? `stays: ${place(position)}: ${reason}` : `put back: ${place(position)} (was: ${reason})`,
    );
  }
  report.putBack += back.length;
  report.putBackEarlier += done.size;
  report.skipped += open.length - back.length;
}

function place({ topic, partition, offset }: RecordPosition): string {
  return `${topic}[${partition}]@${offset}`;
}

/** Takes the lock. It belongs to the connection, so it ends with the process. */
async function takeLock(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  const { rows } = await client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [ADVISORY_LOCK]);
  if (rows[0]?.taken === true) return client;
  client.release();
  throw new ReplayRunningError("another replay is running; wait until it ends");
}
