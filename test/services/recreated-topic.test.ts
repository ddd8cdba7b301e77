import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import { Crowd, range, startLoad } from "./support/client.ts";
import { decided, holdStock, inTransaction } from "./support/faults.ts";
import { spring } from "./support/records.ts";

let backing: Backing;
before(async () => {
  backing = await startBacking();
});
after(() => backing[Symbol.asyncDispose]());

/** Returns records of users without headers, as another producer writes them. */
const foreign = (first: number, count: number) => range(first, count).map((userId) => spring(BigInt(userId)));

/** Deletes the topic and creates it again with these records, before any client reads it. */
async function createAgain({ topic }: Event, records: ReturnType<typeof foreign>, partitions = 1): Promise<void> {
  const { broker } = backing;
  await broker.deleteTopic(topic);
  await broker.createTopic(topic, partitions);
  if (records.length > 0) await broker.produce(topic, records);
}

async function usersIssued(event: Event): Promise<string[]> {
  const { rows } = await event.pool.query<{ user_id: string }>(
    "select user_id from gifticon_request where outcome = 'issued' order by user_id",
  );
  return rows.map(({ user_id }) => user_id);
}

/** Returns the ids of the accepted requests, from the given answer on. */
function accepted(crowd: Crowd, from: number): string[] {
  return crowd.answers.slice(from).flatMap(({ status, requestId = "" }) => (status === 202 ? [requestId] : []));
}

async function requestIds(event: Event): Promise<Set<string>> {
  const { rows } = await event.pool.query<{ request_id: string }>("select request_id from gifticon_request");
  return new Set(rows.map(({ request_id }) => request_id));
}

describe("a topic that is deleted and created again under a running issuer", () => {
  // The issuer's position in the old topic is inside the new one, at its end, and after it.
  for (const before of [20, 200, 300]) {
    test(`is read from its first record when the issuer handled ${before} meanwhile and 200 are in it`, async () => {
      await using event = await createEvent(backing, 1_000);
      const issuer = await event.start("gifticon-issuer");
      const letGo = await holdStock(event);
      await backing.broker.produce(event.topic, foreign(1, before));
      await inTransaction(event);

      // The issuer commits its offset when the new topic has all its records, and sees no error
      // before.
      await createAgain(event, foreign(1_001, 200));
      await letGo();
      await event.settled();
      const expected = [...range(1, before), ...range(1_001, 200)].map(String);
      assert.deepEqual((await usersIssued(event)).sort(), expected.sort());
      assert.equal(await issuer.end("SIGTERM"), 0, issuer.output());
    });
  }

  test("is read from its first record by another issuer when the one before is frozen", async () => {
    await using event = await createEvent(backing, 1_000, 2);
    const first = await event.start("gifticon-issuer");
    await backing.broker.produce(event.topic, foreign(1, 50));
    await event.settled();
    first.freeze();

    await createAgain(event, foreign(1_001, 200), 2);
    await event.start("gifticon-issuer");
    await event.settled();
    assert.equal((await usersIssued(event)).length, 250);
  });

  test("loses nothing that is acknowledged after it, while requests and another producer's records come", async () => {
    await using event = await createEvent(backing, 100_000, 2);
    await using crowd = new Crowd();
    const [api, issuer] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    const load = startLoad(crowd, [api.url]);
    for (const round of range(1, 3)) {
      await waitUntil("requests to be issued", async () => (await decided(event)) > 50 * round);
      await createAgain(event, foreign(1_000_000 * round, 100), 2);
    }
    const before = crowd.answers.length;
    await waitUntil("requests to be accepted again", () => accepted(crowd, before).length > 50);
    await load.end();
    await event.settled();

    const decidedIds = await requestIds(event);
    const later = accepted(crowd, before);
    assert.deepEqual(
      later.filter((id) => !decidedIds.has(id)),
      [],
    );
    // Requests that were acknowledged in the old topics and not issued are lost. The issuer reports
    // that.
    const lost = accepted(crowd, 0).filter((id) => !decidedIds.has(id));
    const { violations } = await event.reconcile(crowd.answers);
    for (const id of lost) assert.ok(violations.includes(`lost: request ${id} was answered 202 and has no row`));
    const { rows } = await event.pool.query<{ count: number }>(
      "select count(*)::int from gifticon_request where user_id between 3000000 and 3000099 and outcome = 'issued'",
    );
    assert.equal(rows[0]?.count, 100);
    await waitUntil("the issuer to tell of it", async () => (await issuer.metric(METRICS.replaced)) > 0);
  });
});
