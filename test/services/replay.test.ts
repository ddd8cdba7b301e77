import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { encodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { range } from "./support/client.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import { spring } from "./support/records.ts";

let backing: Backing;
before(async () => {
  backing = await startBacking();
});
after(async () => {
  await backing[Symbol.asyncDispose]();
});

const unreadable = { key: "9", value: Buffer.from("nine") };

/** Creates an event with dead letters of these records, which an older issuer couldn't read. */
async function eventWithLetters(records: { key: string; value: Buffer }[]): Promise<Event> {
  const event = await createEvent(backing, 100);
  await backing.broker.produce(event.topic, records);
  const written = await backing.broker.readAll(event.topic);
  const letters = written.map(({ partition, message }) =>
    encodeDeadLetter(event.topic, partition, message, { reason: "an older issuer's" }),
  );
  const topic = deadLetterTopic(event.topic);
  await backing.broker.createTopic(topic);
  await backing.broker.produce(topic, letters);
  return event;
}

async function count(topic: string): Promise<number> {
  return (await backing.broker.readAll(topic)).length;
}

describe("the replay of dead letters", () => {
  test("puts back letters that can be read now, once, and says why the others stay", async () => {
    await using event = await eventWithLetters([spring(1n), unreadable, spring(2n)]);
    const issuer = await event.start("gifticon-issuer");
    await event.settled();
    const waiting = (count: number) =>
      waitUntil(`${count} waiting letters`, async () => (await issuer.metric(METRICS.deadLetters)) === count);
    // The issuer makes a letter of its own of the unreadable record.
    await waiting(4);
    const first = await event.replay();
    assert.equal(first.exitCode, 0, first.stderr);
    assert.deepEqual(first.stdout.split("\n"), [
      `put back: ${event.topic}[0]@0 (was: an older issuer's)`,
      `stays: ${event.topic}[0]@1: value: has 4 bytes; expected 8`,
      `put back: ${event.topic}[0]@2 (was: an older issuer's)`,
      // The issuer has made its own letter of the unreadable record by now.
      `stays: ${event.topic}[0]@1: value: has 4 bytes; expected 8`,
      "2 put back, 2 stay, 0 were put back earlier",
    ]);
    assert.match((await event.replay()).stdout, /^0 put back, 2 stay, 2 were put back earlier$/m);
    assert.equal(await count(event.topic), 5);
    await waiting(2);
    // Requests issued before aren't issued again.
    await event.settled();
    const { issued, duplicate, violations } = await event.reconcile([]);
    assert.deepEqual({ issued, duplicate, violations }, { issued: 2, duplicate: 0, violations: [] });
  });

  test("puts back all letters with --all, each once", async () => {
    await using event = await eventWithLetters([spring(1n), unreadable]);
    const all = await event.replay("--all");
    assert.match(all.stdout, /^2 put back, 0 stay, 0 were put back earlier$/m, all.stderr);
    assert.match((await event.replay("--all")).stdout, /^0 put back, 0 stay, 2 were put back earlier$/m);
    await event.start("gifticon-issuer");
    await event.settled();
    // The unreadable record became a letter twice: from its first position, and from the position
    // to which the replay put it.
    assert.equal(await count(deadLetterTopic(event.topic)), 4);
    assert.deepEqual((await event.reconcile([])).violations, []);
  });

  test("continues after it was killed, and nothing is issued twice", async () => {
    const users = range(1, 50);
    await using event = await eventWithLetters(users.map((user) => spring(BigInt(user))));
    await (await event.start("gifticon-issuer")).end("SIGTERM");
    const client = await event.pool.connect();
    await client.query("begin; lock table dead_letter_replay in share mode");
    // It has put the letters back, and can't record it.
    const killed = event.replay();
    await waitUntil("letters on the topic", async () => (await count(event.topic)) > users.length);
    killed.kill("SIGKILL");
    assert.notEqual((await killed).exitCode, 0);
    // The server would finish the statements of a dead client, so end its connections.
    await waitUntil("the end of its connections", async () => {
      const { rowCount } = await event.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'gifticon-replay'",
      );
      return rowCount === 0;
    });
    await client.query("commit");
    client.release();

    assert.match((await event.replay()).stdout, /^50 put back, 0 stay, 0 were put back earlier$/m);
    await event.start("gifticon-issuer");
    await event.settled();
    assert.equal(await count(event.topic), 3 * users.length);
    const { issued, duplicate, violations } = await event.reconcile([]);
    assert.deepEqual({ issued, duplicate, violations }, { issued: users.length, duplicate: 0, violations: [] });
  });
});
