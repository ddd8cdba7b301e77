import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readStats } from "./stats.ts";

const TALLY = { at: 1, issued: 5, rejected: { duplicate: 2, soldOut: 1 }, stock: { total: 5, remaining: 0 } };
const tally = () => Promise.resolve(TALLY);

describe("the event's figures", () => {
  test("add up the partitions in mode kafka", async () => {
    const lag = () =>
      Promise.resolve([
        { partition: 0, topicId: "t", written: 10, behind: 2, held: 1 },
        { partition: 1, topicId: "t", written: 7, behind: 0, held: 0 },
      ]);
    assert.deepEqual(await readStats({ tally, lag }), { mode: "kafka", ...TALLY, accepted: 17, queued: 2, held: 1 });
  });

  test("have no queue while the lag is unknown, and all other figures", async () => {
    const lag = () => Promise.resolve(undefined);
    assert.deepEqual(await readStats({ tally, lag }), {
      mode: "kafka",
      ...TALLY,
      accepted: null,
      queued: null,
      held: null,
    });
  });

  test("have no queue in mode direct", async () => {
    assert.deepEqual(await readStats({ tally }), { mode: "direct", ...TALLY, accepted: 8, queued: null, held: null });
  });

  test("can't be read without the database", async () => {
    await assert.rejects(readStats({ tally: () => Promise.reject(new Error("away")) }), /away/);
  });
});
