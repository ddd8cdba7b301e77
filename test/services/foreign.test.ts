import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type DeadLetter, decodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import { DEAD_LETTER_BYTES, deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { HEADER } from "@gifticon/contract/record.ts";
import type { RecordHeader } from "@gifticon/contract/record-headers.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import { writePlan } from "./support/foreign-clients.ts";
import { type JavaClient, javaClient } from "./support/java.ts";
import { type PlannedRecord, planOf } from "./support/record-plan.ts";

/** Set these variables for a longer test. */
const SEED = Number(process.env["FOREIGN_SEED"] ?? 1);
const BATCHES = Number(process.env["FOREIGN_BATCHES"] ?? 60);

let backing: Backing;
let java: JavaClient;
before(async () => {
  [backing, java] = await Promise.all([startBacking(), javaClient()]);
});
after(async () => {
  await Promise.all([backing[Symbol.asyncDispose](), java[Symbol.asyncDispose]()]);
});

async function lettersOf(event: Event): Promise<DeadLetter[]> {
  const letters = await backing.broker.readAll(deadLetterTopic(event.topic));
  return letters.map(({ partition, message }) => decodeDeadLetter("", partition, message));
}

/** Returns a record's bytes as text. A record that is too large for a dead letter has none. */
function bytesOf(key: Buffer | null, value: Buffer | null, headers: Iterable<RecordHeader>): string {
  const hex = (part: Buffer | string | null) => (part === null ? "-" : Buffer.from(part).toString("hex"));
  const pairs = [...headers].map(([name, part]) => `${hex(name)}:${hex(part)}`);
  return `${hex(key)} ${hex(value)} ${pairs.join(",")}`;
}

const isTooLarge = ({ value }: PlannedRecord) => (value?.length ?? 0) > DEAD_LETTER_BYTES;
const expectedOf = (record: PlannedRecord) =>
  isTooLarge(record) ? bytesOf(null, null, []) : bytesOf(record.key, record.value, record.headers);

/** Removes the headers that a replay adds. */
function withoutAdded(headers: Iterable<RecordHeader>): RecordHeader[] {
  const added: readonly string[] = [HEADER.requestId, HEADER.requestedAt];
  return [...headers].filter(([name]) => !added.includes(name.toString()));
}

describe("records of Kafka clients of other languages", () => {
  test(`are issued, or become dead letters with exactly their bytes (seed ${SEED})`, async () => {
    const plan = planOf(SEED, BATCHES);
    const records = plan.flatMap((batch) => (batch.mode === "abort" ? [] : batch.records));
    const unreadable = records.filter(({ userId }) => userId === undefined);
    const users = records.flatMap(({ userId }) => (userId === undefined ? [] : [userId.toString()]));

    await using event = await createEvent(backing, 100_000, 2);
    const issuer = await event.start("gifticon-issuer");
    await writePlan(plan, java, backing.broker.bootstrapServers, event.topic);
    await event.settled();

    const { rows } = await event.pool.query<{ user_id: string }>(
      "select user_id from gifticon_request where outcome = 'issued'",
    );
    assert.deepEqual(rows.map(({ user_id }) => user_id).sort(), users.sort());
    const letters = await lettersOf(event);
    assert.deepEqual(
      letters.map(({ record: { key, value, headers } }) => bytesOf(key, value, headers)).sort(),
      unreadable.map(expectedOf).sort(),
    );
    assert.doesNotMatch(issuer.output(), /the consumer ended|unexpected error/);
    assert.equal(await issuer.metric('gifticon_records_total{outcome="dead_lettered"}'), unreadable.length);

    const replay = await event.replay("--all");
    assert.equal(replay.exitCode, 0, replay.stderr);
    await event.settled();
    const again = (await lettersOf(event)).slice(letters.length);
    const kept = unreadable.filter((record) => !isTooLarge(record));
    assert.deepEqual(
      again.map(({ record: { key, value, headers } }) => bytesOf(key, value, withoutAdded(headers))).sort(),
      kept.map(({ key, value, headers }) => bytesOf(key, value, withoutAdded(headers))).sort(),
    );
    assert.doesNotMatch(issuer.output(), /the consumer ended|unexpected error/);
  });
});
