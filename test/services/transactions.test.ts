import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import type { Stats } from "@gifticon/main-api/stats.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import { Crowd, range } from "./support/client.ts";
import { decided } from "./support/faults.ts";
import { holdTransaction } from "./support/held-transaction.ts";

let backing: Backing;
before(async () => {
  backing = await startBacking();
});
after(() => backing[Symbol.asyncDispose]());

const [FOREIGN_USERS, USERS] = [range(101, 3), range(1, 5)];
const ALL = FOREIGN_USERS.length + USERS.length;

/**
 * Lets a foreign producer hold a transaction, and sends requests that are acknowledged behind it.
 */
async function eventBehindTransaction(event: Event, crowd: Crowd) {
  const [api, issuer] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
  const { broker } = backing;
  const held = await holdTransaction(broker.bootstrapServers, {
    ...{ topic: event.topic, partition: 0, transactionalId: `${event.topic}-batch`, userIds: FOREIGN_USERS },
  });
  const answers = await crowd.askAll(api.url, USERS);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
  const stats = async () => (await (await fetch(`${api.url}/stats`)).json()) as Stats;
  return { held, stats, issuer };
}

/** Waits until the figures report this many waiting and held records. */
async function figures(stats: () => Promise<Stats>, queued: number, held: number): Promise<void> {
  await waitUntil(`${queued} queued and ${held} held`, async () => {
    const now = await stats();
    return now.queued === queued && now.held === held;
  });
}

async function transactions(event: Event): Promise<string[]> {
  const text = await backing.broker.exec("open-transactions", "list", event.topic, "0");
  return text === "" ? [] : text.split("\n");
}

describe("requests behind a foreign producer's open transaction", () => {
  test("count as waiting in /stats, in the metrics and in the lag that tests and tools wait for", async () => {
    await using event = await createEvent(backing, 100);
    await using crowd = new Crowd();
    const { held: opened, stats, issuer } = await eventBehindTransaction(event, crowd);
    await using held = opened;

    await figures(stats, ALL, ALL);
    await waitUntil(
      "the issuer's metrics",
      async () => (await issuer.metric(`${METRICS.held}{partition="0"}`)) === ALL,
    );
    assert.equal(await issuer.metric(`${METRICS.lag}{partition="0"}`), ALL);
    assert.equal(await backing.broker.lag(event.topic, event.groupId), ALL);
    assert.equal(await decided(event), 0);

    await held.end("commit");
    await event.settled();
    await figures(stats, 0, 0);
    assert.equal(await decided(event), ALL);
  });

  test("are issued after the transaction is aborted with the command that the doctor names", async () => {
    await using event = await createEvent(backing, 100);
    await using crowd = new Crowd();
    const { held, stats } = await eventBehindTransaction(event, crowd);
    // The producer dies without ending its transaction.
    await held[Symbol.asyncDispose]();
    await figures(stats, ALL, ALL);

    const [line = "", ...others] = await transactions(event);
    const [partition = "", , start = "", since, id] = line.split(" ");
    assert.deepEqual([others, partition, id], [[], "0", `${event.topic}-batch`]);
    assert.ok(Math.abs(Date.now() - Number(since)) < 60_000, line);

    await backing.broker.exec("open-transactions", "abort", event.topic, partition, start);
    await event.settled();
    await figures(stats, 0, 0);
    assert.equal(await decided(event), USERS.length);
    assert.deepEqual(await transactions(event), []);
    assert.deepEqual((await event.reconcile(crowd.answers)).violations, []);
  });

  test("wait for at most a minute, because the broker refuses longer transactions", async () => {
    await using event = await createEvent(backing, 100);
    const longer = holdTransaction(backing.broker.bootstrapServers, {
      ...{ topic: event.topic, partition: 0, transactionalId: "longer", userIds: [], timeoutMs: 60_001 },
    });
    await assert.rejects(longer, /transaction timeout/i);
  });
});
