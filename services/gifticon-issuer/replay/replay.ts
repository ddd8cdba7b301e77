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
import { judgeLetter, type LetterVerdict } from "./judge-letter.ts";
import { readTopic } from "@gifticon/kafka/read-topic.ts";

/** Any number but the one of the migrations: one replay at a time. */
const ADVISORY_LOCK = 2_512_250_001;
const CHUNK = 500;

/** What a replay did. */
export interface ReplayReport {
  /** Letters that are on the topic again. */
  putBack: number;
  /** Letters that an earlier replay had put back. */
  before: number;
  /** Letters that stay. */
  skipped: number;
}

/** Another replay is under way. */
class ReplayRunningError extends Error {
  override readonly name = "ReplayRunningError";
  readonly code = "REPLAY_RUNNING";
}

/**
 * Puts dead letters back on the topic: the ones that can be read now, or all. Each is put back
 * once: which ones were is kept in the database, after the broker's acknowledgement. An
 * interruption in between puts a letter on the topic twice at the next run, and its request id,
 * which is that of its first position, lets the database decide it once.
 *
 * @param tell Hears of each letter, as it is done.
 * @throws ReplayRunningError; Error when the database lacks its schema; the broker's or the
 *   database's error, and then a next run goes on from there.
 */
export async function replayDeadLetters(
  { kafka: settings, database, logLevel }: IssuerSettings,
  all: boolean,
  tell: (line: string) => void,
): Promise<ReplayReport> {
  registerCodecs();
  const log = createLog("gifticon-replay", logLevel);
  const kafka = createKafka(settings, "gifticon-replay", log);
  const producer = createProducer(kafka);
  const pool = createPool({ ...database, poolSize: 2 }, "gifticon-replay", log);
  const topic = deadLetterTopic(settings.topic);
  const report: ReplayReport = { putBack: 0, before: 0, skipped: 0 };
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
          .map((message) => judgeLetter(topic, partition, message, all));
        await putBack({ producer, pool, topic: settings.topic }, letters, tell, report);
        await heartbeat();
      }
    });
    return report;
  } finally {
    await producer.disconnect();
    // The lock ends with its connection.
    lock?.release(true);
    await pool.end();
  }
}

async function putBack(
  { producer, pool, topic }: { producer: Producer; pool: Pool; topic: string },
  letters: readonly LetterVerdict[],
  tell: (line: string) => void,
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
    tell(
      message === undefined ? `stays: ${place(position)}: ${reason}` : `put back: ${place(position)} (was: ${reason})`,
    );
  }
  report.putBack += back.length;
  report.before += done.size;
  report.skipped += open.length - back.length;
}

function place({ topic, partition, offset }: RecordPosition): string {
  return `${topic}[${partition}]@${offset}`;
}

/** Takes the lock, which the connection holds: it goes with the process. */
async function takeLock(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  const { rows } = await client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [ADVISORY_LOCK]);
  if (rows[0]?.taken === true) return client;
  client.release();
  throw new ReplayRunningError("another replay is under way; wait for its end");
}
