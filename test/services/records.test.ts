import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type DeadLetter, decodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { type RecordHeader, RecordHeaders } from "@gifticon/contract/record-headers.ts";
import { MAX_BATCH_BYTES } from "@gifticon/kafka/consumer/compression.ts";
import { MAX_RECORDS } from "@gifticon/kafka/record-batches.ts";
import { CompressionTypes } from "kafkajs";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import { spring } from "./support/records.ts";

let backing: Backing;
before(async () => {
  backing = await startBacking();
});
after(async () => {
  await backing[Symbol.asyncDispose]();
});

/** Returns the dead letters of an event in order. */
async function lettersOf(event: Event): Promise<DeadLetter[]> {
  const letters = await backing.broker.readAll(deadLetterTopic(event.topic));
  return letters.map(({ partition, message }) => decodeDeadLetter("", partition, message));
}

describe("an issuer", () => {
  test("makes dead letters of valid records with unusual headers", async () => {
    await using event = await createEvent(backing, 100);
    const odd: RecordHeader[] = [
      ["trace", null],
      ["trace", Buffer.from([0xff, 0])],
      ...["", "__proto__", "constructor", "hasOwnProperty", "toString"].map((name): RecordHeader => [name, "x"]),
      [Buffer.from([0xff]), ""],
      ["trace", ""],
    ];
    const bad = { key: "7", value: Buffer.from("seven"), headers: RecordHeaders.of(odd) };
    const crowded = {
      key: null,
      value: null,
      headers: RecordHeaders.of(Array<RecordHeader>(300_000).fill(["", null])),
    };
    for (const message of [bad, crowded, { ...spring(1n), headers: bad.headers }, spring(2n)]) {
      await backing.broker.produce(event.topic, [message]);
    }
    const issuer = await event.start("gifticon-issuer");
    await event.settled();
    assert.equal((await event.reconcile([])).issued, 2);
    const letters = await backing.broker.readAll(deadLetterTopic(event.topic));
    const records = letters.map(({ partition, message }) => decodeDeadLetter("", partition, message).record);
    assert.deepEqual(
      records.map(({ value, headers }) => [value, headers]),
      [bad, crowded].map(({ value, headers }) => [value, headers]),
    );
    assert.equal(await issuer.metric('gifticon_records_total{outcome="dead_lettered"}'), 2);
  });

  test("makes a dead letter of a batch that would take all its memory, and continues", async () => {
    await using event = await createEvent(backing, 100);
    const bomb = { key: "1", value: Buffer.alloc(MAX_BATCH_BYTES) };
    await backing.broker.produce(event.topic, [bomb], CompressionTypes.GZIP);
    await backing.broker.produce(event.topic, [spring(2n)]);
    await event.start("gifticon-issuer");
    await event.settled();
    assert.equal((await event.reconcile([])).issued, 1);
    const [letter] = await backing.broker.readAll(deadLetterTopic(event.topic));
    assert.ok(letter !== undefined);
    const { reason, position } = decodeDeadLetter("", letter.partition, letter.message);
    assert.match(reason, /^batch of offsets 0 to 0: a batch compressed with gzip can't be read/);
    assert.equal(position.offset, "0");
  });

  test("reads a compressed batch with more records than one fetch may have", async () => {
    await using event = await createEvent(backing, 100);
    const same = Array.from({ length: MAX_RECORDS + 100 }, () => spring(1n));
    await backing.broker.produce(event.topic, same, CompressionTypes.GZIP);
    const issuer = await event.start("gifticon-issuer");
    await event.settled();
    await waitUntil(
      "the count",
      async () => (await issuer.metric('gifticon_records_total{outcome="duplicate"}')) === MAX_RECORDS + 99,
    );
  });

  test("writes a dead letter without its record if the topic accepts no larger one", async () => {
    await using event = await createEvent(backing, 100);
    await backing.broker.createTopic(deadLetterTopic(event.topic), 1, { "max.message.bytes": "1000" });
    const [small, large] = [Buffer.from("seven"), Buffer.alloc(5_000)];
    await backing.broker.produce(
      event.topic,
      [large, small].map((value) => ({ key: "7", value })),
    );
    await event.start("gifticon-issuer");
    await event.settled();
    const letters = await lettersOf(event);
    assert.deepEqual(
      letters.map(({ record, leftOut, position }) => [record.value, leftOut >= 5_000, position.offset]),
      [
        [null, true, "0"],
        [small, false, "1"],
      ],
    );
  });

  test("is unhealthy while no dead letter can be written, and continues when one can", async () => {
    await using event = await createEvent(backing, 100);
    const topic = deadLetterTopic(event.topic);
    await backing.broker.createTopic(topic, 1, { "max.message.bytes": "10" });
    await backing.broker.produce(event.topic, [{ key: "7", value: null }, spring(1n)]);
    const issuer = await event.launch("gifticon-issuer");
    await waitUntil("the reason", async () => {
      const response = await fetch(`${issuer.url}/healthz`).catch(() => undefined);
      return response?.status === 503 && /larger than the max message size/.test(await response.text());
    });
    await backing.broker.configure(topic, { "max.message.bytes": "100000" });
    await event.settled();
    assert.equal((await event.reconcile([])).issued, 1);
    await waitUntil("its health", async () => (await fetch(`${issuer.url}/healthz`)).status === 200);
  });

  test("makes a dead letter of a record that the database refuses, and issues its neighbours", async () => {
    await using event = await createEvent(backing, 100);
    await event.pool.query("alter table gifticon_request add constraint refused check (user_id <> 3)");
    await backing.broker.produce(event.topic, [1n, 2n, 3n, 4n].map(spring));
    await event.start("gifticon-issuer");
    await event.settled();
    const [letter] = await lettersOf(event);
    assert.match(letter?.reason ?? "", /can't be issued: .*violates check constraint "refused"/);
    const { rows } = await event.pool.query<{ user_id: string }>("select user_id from gifticon_request order by 1");
    assert.deepEqual(
      rows.map(({ user_id }) => user_id),
      ["1", "2", "4"],
    );
  });
});
