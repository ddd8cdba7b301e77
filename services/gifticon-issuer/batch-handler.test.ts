import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { IssueResult } from "@gifticon/event-database/issue.ts";
import { decodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { encodeRecord } from "@gifticon/contract/record.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import { newRequestId } from "@gifticon/contract/request-id.ts";
import { delivered } from "@gifticon/contract/testing.ts";
import type { EachBatchPayload, OffsetsByTopicPartition } from "kafkajs";
import { pino } from "pino";
import { Registry } from "prom-client";
import { BatchHandler } from "./batch-handler.ts";
import { createIssuerMetrics } from "./metrics.ts";
import { Progress } from "@gifticon/kafka/consumer/progress.ts";

/** Returns records of `count` users. Those at the `poison` indexes can't be read. */
function messages(count: number, poison: readonly number[] = []): FetchedRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const message = encodeRecord({ requestId: newRequestId(), userId: BigInt(index + 1), requestedAt: 0 });
    const record = delivered(message, { offset: index.toString() });
    return poison.includes(index) ? { ...record, value: Buffer.from("poison") } : record;
  });
}

interface Options {
  issue?: (attempt: number, requests: GifticonRequest[]) => Promise<void>;
  sendDeadLetters?: () => Promise<void>;
  heartbeat?: () => Promise<void>;
  running?: () => boolean;
  commit?: () => Promise<void>;
}

/** Returns a handler that logs its calls in order. */
function handlerOf(options: Options = {}) {
  const log: string[] = [];
  let attempt = 0;
  const letters: OutgoingMessage[] = [];
  const progress = new Progress();
  const handler = new BatchHandler(
    {
      issue: async (requests) => {
        log.push(`issue ${requests.length}`);
        await options.issue?.(++attempt, requests);
        return { issued: requests.length, duplicate: 0, soldOut: 0, repeated: 0, remaining: 0 } satisfies IssueResult;
      },
      sendDeadLetters: async (some) => {
        log.push(`dead letters ${some.length}`);
        letters.push(...some);
        await options.sendDeadLetters?.();
      },
      metrics: createIssuerMetrics(new Registry()),
      progress,
      log: pino({ level: "silent" }),
    },
    1,
  );
  /** @param waiting the number of records behind the batch. */
  const batchOf = (batch: FetchedRecord[], waiting = 0): EachBatchPayload =>
    ({
      batch: {
        topic: "coupon_create",
        partition: 0,
        messages: batch,
        lastOffset: () => batch.at(-1)?.offset,
        offsetLag: () => waiting.toString(),
      },
      isRunning: options.running ?? (() => true),
      isStale: () => false,
      heartbeat: options.heartbeat ?? (() => Promise.resolve()),
      resolveOffset: () => undefined,
      commitOffsetsIfNecessary: ({ topics }: OffsetsByTopicPartition) => {
        log.push(`commit ${topics[0]?.partitions[0]?.offset ?? ""}`);
        return options.commit?.() ?? Promise.resolve();
      },
    }) as unknown as EachBatchPayload;
  return { handler, log, letters, progress, batchOf };
}

/** Lets a new handler handle the messages. */
async function handle(batch: FetchedRecord[], options: Options = {}) {
  const { handler, batchOf, ...seen } = handlerOf(options);
  const end = handler.handle(batchOf(batch));
  await end.catch(() => undefined);
  return { ...seen, end };
}

describe("the batch handler", () => {
  test("commits the offset after the transaction, in steps of 2,000 records", async () => {
    const { log } = await handle(messages(4_500));
    assert.deepEqual(log, ["issue 2000", "commit 2000", "issue 2000", "commit 4000", "issue 500", "commit 4500"]);
  });

  test("waits for the acknowledgement of dead letters before it commits, and issues the other records", async () => {
    const { log } = await handle(messages(4, [1, 3]));
    assert.deepEqual(log, ["dead letters 2", "issue 2", "commit 4"]);
  });

  test("commits nothing when a dead letter can't be written", async () => {
    const { log, end } = await handle(messages(2, [0]), { sendDeadLetters: () => Promise.reject(new Error("away")) });
    assert.deepEqual(log, ["dead letters 1"]);
    await assert.rejects(end, /away/);
  });

  test("commits a batch with only unreadable records", async () => {
    const { log } = await handle(messages(2, [0, 1]));
    assert.deepEqual(log, ["dead letters 2", "commit 2"]);
  });

  test("retries a failed transaction completely before it commits", async () => {
    const issue = (attempt: number) => (attempt === 1 ? Promise.reject(new Error("away")) : Promise.resolve());
    assert.deepEqual((await handle(messages(3), { issue })).log, ["issue 3", "issue 3", "commit 3"]);
  });

  test("makes a dead letter of the record that makes transactions fail, and issues the others", async () => {
    const failure = Object.assign(new Error("out of range"), { code: "22008" });
    const issue = (_attempt: number, requests: GifticonRequest[]) =>
      requests.some(({ userId }) => userId === 3n) ? Promise.reject(failure) : Promise.resolve();
    const { log, letters } = await handle(messages(4), { issue });
    assert.deepEqual(
      log.slice(3),
      [4, 2, 2, 1, 1].map((count) => `issue ${count}`).concat("dead letters 1", "commit 4"),
    );
    const [reason] = letters.map((letter) => decodeDeadLetter("", 0, delivered(letter)).reason);
    assert.equal(reason, "can't be issued: out of range");
  });

  test("makes a dead letter of a single record that makes transactions fail", async () => {
    const { log } = await handle(messages(1), { issue: () => Promise.reject(new TypeError("null")) });
    assert.deepEqual(log, [...Array<string>(4).fill("issue 1"), "dead letters 1", "commit 1"]);
  });

  test("keeps retrying when all records fail, and reports the cause", async () => {
    let running = true;
    const issue = (attempt: number) => {
      running = attempt < 6;
      return Promise.reject(new TypeError("a fault of ours"));
    };
    const { log, progress } = await handle(messages(2), { issue, running: () => running });
    assert.deepEqual(
      log,
      [2, 2, 2, 2, 1, 1].map((count) => `issue ${count}`),
    );
    assert.deepEqual(progress.health, { ok: false, reason: "the consumer is blocked: offset 0: a fault of ours" });
  });

  test("makes the next transaction smaller after one that timed out", async () => {
    const slow = Object.assign(new Error("statement timeout"), { code: "57014" });
    const issue = (attempt: number) => (attempt === 1 ? Promise.reject(slow) : Promise.resolve());
    const { log } = await handle(messages(4_000), { issue });
    assert.deepEqual(log.slice(0, 4), ["issue 2000", "issue 2000", "commit 2000", "issue 1250"]);
  });

  test("commits no offset after one that couldn't be committed", async () => {
    const { log, end } = await handle(messages(6_000), { commit: () => Promise.reject(new Error("rebalancing")) });
    assert.deepEqual(
      log.filter((line) => line.startsWith("commit")),
      ["commit 2000"],
    );
    await assert.rejects(end, /rebalancing/);
  });

  test("has committed all offsets when it returns", async () => {
    let committed = 0;
    const commit = async () => {
      await new Promise(setImmediate);
      committed++;
    };
    const { end } = await handle(messages(4_000), { commit });
    await end;
    assert.equal(committed, 2);
  });

  test("doesn't commit a batch during which it was stopped", async () => {
    let running = true;
    const issue = () => {
      running = false;
      return Promise.reject(new Error("away"));
    };
    assert.deepEqual((await handle(messages(3), { issue, running: () => running })).log, ["issue 3"]);
  });

  test("gives up the batch when the group rebalances", async () => {
    const { log, end } = await handle(messages(3), {
      issue: () => Promise.reject(new Error("away")),
      heartbeat: () => Promise.reject(new Error("rebalancing")),
    });
    assert.deepEqual(log, ["issue 3"]);
    await assert.rejects(end, /rebalancing/);
  });

  describe("with more records behind a batch", () => {
    /** Returns a handler whose transactions end when the test ends them. */
    const held = (options: Options = {}) => {
      const transactions: PromiseWithResolvers<void>[] = [];
      const issue = () => {
        const transaction = Promise.withResolvers<undefined>();
        transactions.push(transaction as PromiseWithResolvers<void>);
        return transaction.promise;
      };
      return { ...handlerOf({ issue, ...options }), transactions };
    };

    test("returns before the last transaction ends, and starts the next transaction after it", async () => {
      const { handler, log, batchOf, transactions } = held();
      await handler.handle(batchOf(messages(3), 2));
      const second = handler.handle(batchOf(messages(2)));
      await delay(10);
      assert.deepEqual(log, ["issue 3"]);
      transactions[0]?.resolve();
      await delay(10);
      assert.deepEqual(log, ["issue 3", "commit 3", "issue 2"]);
      transactions[1]?.resolve();
      await second;
      assert.deepEqual(log.slice(3), ["commit 2"]);
    });

    test("commits nothing after a failed commit, and fails until the partitions are assigned again", async () => {
      let commits = 0;
      const commit = () => (++commits === 1 ? Promise.reject(new Error("rebalancing")) : Promise.resolve());
      const { handler, log, batchOf } = handlerOf({ commit });
      await handler.handle(batchOf(messages(3), 4));
      assert.equal(await handler.settled(), false);
      await assert.rejects(handler.handle(batchOf(messages(2), 2)), /rebalancing/);
      await assert.rejects(handler.handle(batchOf(messages(2), 2)), /rebalancing/);
      assert.deepEqual(log, ["issue 3", "commit 3"]);
      handler.rejoined();
      await handler.handle(batchOf(messages(3)));
      assert.deepEqual(log.slice(2), ["issue 3", "commit 3"]);
      assert.equal(await handler.settled(), true);
    });

    test("doesn't commit a chunk that was in progress during a rebalance", async () => {
      const { handler, log, batchOf, transactions } = held();
      await handler.handle(batchOf(messages(3), 2));
      handler.rejoined();
      const next = handler.handle(batchOf(messages(3), 2));
      transactions[0]?.resolve();
      await next;
      transactions[1]?.resolve();
      await handler.settled();
      assert.deepEqual(log, ["issue 3", "issue 3", "commit 3"]);
    });

    test("commits the chunk in progress before it closes, and starts no other", async () => {
      const { handler, log, batchOf, transactions } = held();
      await handler.handle(batchOf(messages(3), 2));
      const closed = handler.close();
      transactions[0]?.resolve();
      await closed;
      assert.deepEqual(log, ["issue 3", "commit 3"]);
      await handler.handle(batchOf(messages(2)));
      assert.deepEqual(log, ["issue 3", "commit 3"]);
    });

    test("doesn't retry while it closes", async () => {
      const { handler, log, batchOf, transactions } = held();
      await handler.handle(batchOf(messages(3), 2));
      const closed = handler.close();
      transactions[0]?.reject(new Error("away"));
      await closed;
      assert.deepEqual(log, ["issue 3"]);
    });
  });
});
