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

describe("open-transactions", () => {
  /** Runs it in the broker's container. Returns both outputs and the exit code. */
  const run = async (...args: string[]) => {
    const script = '{ open-transactions "$@"; echo "exit $?"; } 2>&1';
    return backing.broker.exec("bash", "-c", script, "bash", ...args);
  };

  test("without its arguments prints its usage and exits with 2", async () => {
    for (const args of [[], ["list"], ["list", "topic"], ["abort"], ["abort", "topic", "0"], ["other"]]) {
      assert.match(await run(...args), /^open-transactions: usage:\n +open-transactions list TOPIC[^]*\nexit 2$/);
    }
  });

  test("names a topic or a partition that the broker doesn't have", async () => {
    await using event = await createEvent(backing, 100);
    const none = "open-transactions: there is no topic nosuch\nexit 1";
    assert.equal(await run("list", "nosuch", "0"), none);
    assert.equal(await run("abort", "nosuch", "0", "5"), none);
    assert.match(await run("list", event.topic, "7"), /has no partition 7; it has 1, from 0\nexit 1$/);
  });

  test("names its columns, and says that there are none and that one was aborted", async () => {
    await using event = await createEvent(backing, 100);
    assert.equal(await run("list", event.topic, "0"), "no open transactions\nexit 0");
    const held = await holdTransaction(backing.broker.bootstrapServers, {
      ...{ topic: event.topic, partition: 0, transactionalId: `${event.topic}-batch`, userIds: FOREIGN_USERS },
    });
    // The producer dies without ending its transaction.
    await held[Symbol.asyncDispose]();
    const listed = await run("list", event.topic, "0");
    assert.match(listed, /^PARTITION PRODUCER_ID START_OFFSET SINCE TRANSACTIONAL_ID\n0 \d+ 0 \d+ \S+-batch\nexit 0$/);
    const aborted = `aborted the transaction that started at offset 0 of partition 0 of ${event.topic}`;
    assert.equal(await run("abort", event.topic, "0", "0"), `${aborted}\nexit 0`);
    assert.equal(await run("list", event.topic, "0"), "no open transactions\nexit 0");
  });
});

test("kafka-tool sends a record by hand, and finds the broker's address itself", async () => {
  await using event = await createEvent(backing, 100);
  // docs/operate.md has this command, with the id 7 as a number of 8 bytes.
  const send = `printf '\\0\\0\\0\\0\\0\\0\\0\\7\\n' | kafka-tool kafka.tools.ConsoleProducer --topic ${event.topic}`;
  await backing.broker.exec("bash", "-c", send);
  const records = await backing.broker.readAll(event.topic);
  assert.deepEqual(
    records.map(({ message }) => message.value?.toString("hex")),
    ["0000000000000007"],
  );
});
