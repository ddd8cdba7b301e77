import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { Crowd } from "./support/client.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import { type JavaClient, javaClient } from "./support/java.ts";

let backing: Backing;
let java: JavaClient;
before(async () => {
  [backing, java] = await Promise.all([startBacking(), javaClient()]);
});
after(async () => {
  await Promise.all([backing[Symbol.asyncDispose](), java[Symbol.asyncDispose]()]);
});

async function usersOf(event: Event): Promise<bigint[]> {
  const { rows } = await event.pool.query<{ user_id: string }>(
    "select user_id from gifticon_request where outcome = 'issued' order by user_id",
  );
  return rows.map(({ user_id }) => BigInt(user_id));
}

function userIds(first: bigint, last: bigint): bigint[] {
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index));
}

const extremes = [1n, 2n ** 53n + 1n, 2n ** 63n - 1n];

describe("Kafka's own Java client", () => {
  test("writes records that the issuer reads, and reads the dead letters of others unchanged", async () => {
    await using event = await createEvent(backing, 100);
    const orders = [...extremes, -1n, -(2n ** 63n)].map((id) => `none:${id}:${id}`);
    await java.run("Produce", backing.broker.bootstrapServers, event.topic, ...orders);
    await event.start("gifticon-issuer");
    await event.settled();
    assert.deepEqual(await usersOf(event), extremes);
    assert.deepEqual((await event.reconcile([])).violations, []);
    const letters = deadLetterTopic(event.topic);
    const lines = await java.run("Consume", backing.broker.bootstrapServers, `${event.groupId}.dlt`, letters, "2");
    assert.deepEqual(lines.split("\n"), ["-1 -1", `${-(2n ** 63n)} ${-(2n ** 63n)}`]);
  });

  test("is read with each of its compressions, and records of aborted transactions are never issued", async () => {
    await using event = await createEvent(backing, 10_000);
    const modes = ["none", "gzip", "snappy", "lz4", "zstd", "abort", "commit", "abort"];
    const orders = modes.map((mode, index) => `${mode}:${index * 1_000 + 1}:${index * 1_000 + 900}`);
    await java.run("Produce", backing.broker.bootstrapServers, event.topic, ...orders);
    await event.start("gifticon-issuer");
    await event.settled();
    const kept = modes.flatMap((mode, index) =>
      mode === "abort" ? [] : userIds(BigInt(index * 1_000 + 1), BigInt(index * 1_000 + 900)),
    );
    assert.deepEqual(await usersOf(event), kept);
    assert.deepEqual((await event.reconcile([])).violations, []);
  });

  test("reads the records that the API writes", async () => {
    await using event = await createEvent(backing, 100);
    await using crowd = new Crowd();
    const api = await event.start("main-api");
    for (const id of extremes) assert.equal((await crowd.ask(api.url, id)).status, 202);
    assert.equal((await crowd.ask(api.url, -1n)).status, 400);
    const lines = await java.run("Consume", backing.broker.bootstrapServers, event.groupId, event.topic, "3");
    assert.deepEqual(
      lines.split("\n"),
      extremes.map((id) => `${id} ${id}`),
    );
  });
});
