import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { createGzip, type Gzip } from "node:zlib";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { LOAD_AGENT } from "@gifticon/contract/facts/names.ts";
import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { EVIDENCE, type EvidenceEnd, type StartOffset } from "./protocol.ts";
import { recordsOf } from "@gifticon/contract/fetched-record.ts";
import { isUnknownTopic } from "@gifticon/kafka/topic-ids.ts";
import { decodeRecord, isPoison } from "@gifticon/contract/record.ts";
import type { EachBatchPayload } from "kafkajs";
import type { Event, Queue } from "./event.ts";
import { readStockOf } from "./reset.ts";

/** Number of rows of one query. Their text has about a megabyte. */
const PAGE = 10_000;

/**
 * Writes the traces of a run to standard output, compressed (gzip), in the lines of {@link
 * EVIDENCE}: the topic's records from the given offsets on, the dead letters, and the decided
 * requests of load tests. It never holds all of them in memory.
 *
 * @param argument JSON of the offsets at the run's start.
 */
export async function evidence({ pool, queue }: Event, argument = "[]"): Promise<void> {
  const offsets = JSON.parse(argument) as StartOffset[];
  const out = createGzip({ level: 1 });
  const written = pipeline(out, process.stdout);
  const records = queue ? await writeRecords(out, queue, queue.topic, offsets, EVIDENCE.record) : 0;
  const deadLetters = queue ? await writeRecords(out, queue, deadLetterTopic(queue.topic), [], EVIDENCE.deadLetter) : 0;
  const rows = await writeRows(out, pool);
  const end: EvidenceEnd = {
    records,
    deadLetters,
    rows,
    lag: queue ? await queue.lag() : 0,
    ...(await topicIdOf(queue)),
    ...(await readStockOf(pool)),
  };
  out.end(`${EVIDENCE.end} ${JSON.stringify(end)}\n`);
  await written;
}

async function topicIdOf(queue: Queue | undefined): Promise<Pick<EvidenceEnd, "topicId">> {
  const [end] = (await queue?.ends(queue.topic)) ?? [];
  return end === undefined ? {} : { topicId: end.topicId };
}

async function writeRecords(
  out: Gzip,
  queue: Queue,
  topic: string,
  from: readonly StartOffset[],
  mark: string,
): Promise<number> {
  // Without dead letters, their topic may not exist. Any other failure ends the agent: records that
  // it could not read would count as lost.
  const ends = await queue.ends(topic).catch((error: unknown) => {
    if (isUnknownTopic(error)) return [];
    throw error;
  });
  // Reads a topic that was created again during the run from its first record.
  const ofThis = from.filter(({ topicId }) => topicId === ends[0]?.topicId);
  const start = new Map(ofThis.map(({ partition, offset }) => [partition, offset]));
  const missing = new Map(
    ends
      .map(({ partition, offset }) => [partition, Number(offset)] as const)
      .filter(([partition, end]) => end > Number(start.get(partition) ?? 0)),
  );
  if (missing.size === 0) return 0;
  const consumer = queue.kafka.consumer({
    groupId: `${LOAD_AGENT}-${crypto.randomUUID()}`,
    maxBytesPerPartition: 1024 * 1024,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let count = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        reject(payload.error);
      });
      const eachBatch = async ({ batch }: EachBatchPayload) => {
        const { partition } = batch;
        const end = missing.get(partition) ?? 0;
        const lines = recordsOf(batch)
          .filter(({ offset }) => Number(offset) >= Number(start.get(partition) ?? 0) && Number(offset) < end)
          .map((message) => {
            const request = decodeRecord(topic, partition, message);
            if (isPoison(request)) return `${mark} - - -`;
            return `${mark} ${request.requestId} ${request.userId.toString()} ${request.requestedAt}`;
          });
        count += lines.length;
        await write(out, lines);
      };
      // A batch without visible records (a transaction's marker) advances the position too.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (Number(lastOffset) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition);
        if (missing.size === 0) resolve();
      });
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
      for (const [partition, offset] of start) consumer.seek({ topic, partition, offset });
    });
  } finally {
    await consumer.disconnect();
  }
  return count;
}

async function writeRows(out: Gzip, pool: Event["pool"]): Promise<number> {
  let count = 0;
  let last = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const { rows } = await pool.query<{ lines: string | null; last: string | null; count: string }>(
      `select string_agg(concat_ws(' ', '${EVIDENCE.row}', request_id, user_id, outcome, coalesce(code, '-'),
                floor(extract(epoch from requested_at) * 1000), floor(extract(epoch from decided_at) * 1000)), E'\\n') as lines,
              max(request_id::text) as last, count(*) as count
       from (select * from gifticon_request
             where request_id > $1 and user_id between ${LOAD_TEST_USERS.first} and ${LOAD_TEST_USERS.last}
             order by request_id limit ${PAGE}) page`,
      [last],
    );
    const [page] = rows;
    if (!page?.lines || page.last === null) return count;
    count += Number(page.count);
    last = page.last;
    await write(out, [page.lines]);
  }
}

async function write(out: Gzip, lines: readonly string[]): Promise<void> {
  if (lines.length > 0 && !out.write(`${lines.join("\n")}\n`)) await once(out, "drain");
}
