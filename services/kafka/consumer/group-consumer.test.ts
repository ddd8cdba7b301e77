import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CheckResult } from "@gifticon/runtime/operations.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import type { Kafka } from "kafkajs";
import { pino } from "pino";
import type { SessionEvents } from "./consumer-session.ts";
import { GroupConsumer } from "./group-consumer.ts";
import type { Progress } from "./progress.ts";

/** A broker whose topic has one partition with this many records, none of them committed. */
function brokerWith(records: number): () => Kafka {
  const end = String(records);
  const admin = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    fetchTopicMetadata: () => Promise.resolve({ topics: [{ name: "topic", partitions: [{ topicId: "id" }] }] }),
    fetchTopicOffsetsByTimestamp: () => Promise.resolve([{ partition: 0, offset: end }]),
    fetchTopicOffsets: () => Promise.resolve([{ partition: 0, offset: end, low: "0", high: end }]),
    fetchOffsets: () => Promise.resolve([{ topic: "topic", partitions: [] }]),
  };
  return () => ({ admin: () => admin }) as unknown as Kafka;
}

/** Starts a consumer of such a topic, whose session joins the group at the test's word. */
function startConsumer(records: number, dependencies: () => CheckResult = () => ({ ok: true })) {
  const ended = Promise.withResolvers<Error | undefined>();
  const reports: unknown[] = [];
  const session: { events?: SessionEvents; progress?: Progress } = {};
  const consumer = new GroupConsumer({
    connect: brokerWith(records),
    ...{ topic: "topic", groupId: "group" },
    handlerOf: (_session, progress) => {
      session.progress = progress;
      return {
        handle: () => Promise.resolve(),
        settled: () => Promise.resolve(true),
        rejoined: () => undefined,
        close: () => Promise.resolve(),
      };
    },
    dependencies,
    onLag: (lag) => reports.push(lag?.map(({ behind }) => behind)),
    log: pino({ level: "silent" }),
    open: (_kafka, _topic, _groupId, events) => {
      session.events = events;
      const close = () => {
        ended.resolve(undefined);
        return Promise.resolve();
      };
      return { run: () => ended.promise, sendDeadLetters: () => Promise.resolve(), close };
    },
  });
  consumer.start();
  return {
    ...{ checks: consumer.checks, reports },
    joined: (partitions: number[]) => session.events?.joined(partitions),
    worked: () => session.progress?.worked(),
    lagIsKnown: () => waitUntil("a report of the lag", () => reports.length > 0, { everyMs: 5 }),
    [Symbol.asyncDispose]: () => consumer.stop(),
  };
}

describe("a consumer of a group", () => {
  test("becomes healthy on an idle topic", async () => {
    await using consumer = startConsumer(0);
    consumer.joined([0]);
    await consumer.lagIsKnown();
    assert.deepEqual(consumer.reports[0], [0]);
    assert.deepEqual(await consumer.checks.health(), { ok: true });
  });

  test("with waiting records becomes healthy after it has handled one", async () => {
    await using consumer = startConsumer(3);
    consumer.joined([0]);
    await consumer.lagIsKnown();
    const reason = "starting: records wait, and the consumer has handled none yet";
    assert.deepEqual(await consumer.checks.health(), { ok: false, reason });
    consumer.worked();
    assert.deepEqual(await consumer.checks.health(), { ok: true });
  });

  test("becomes healthy when the group assigns the waiting records to another member", async () => {
    await using consumer = startConsumer(3);
    await consumer.lagIsKnown();
    consumer.joined([]);
    assert.deepEqual(await consumer.checks.health(), { ok: true });
  });

  test("is ready when its dependencies are and it is a member of the group", async () => {
    let database: CheckResult = { ok: false, reason: "database: away" };
    await using consumer = startConsumer(0, () => database);
    assert.deepEqual(await consumer.checks.readiness(), database);
    database = { ok: true };
    const reason = "consumer: not a member of the group yet";
    assert.deepEqual(await consumer.checks.readiness(), { ok: false, reason });
    consumer.joined([0]);
    assert.deepEqual(await consumer.checks.readiness(), { ok: true });
  });
});
