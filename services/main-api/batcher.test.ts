import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Batcher, type BatcherOptions, OverloadedError } from "./batcher.ts";

/** Creates a batcher whose batches end on the test's command. */
function held(options: Partial<BatcherOptions<number, number>> = {}) {
  const batches: { items: number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const batcher = new Batcher<number, number>({
    lingerMs: 0,
    maxBatch: 100,
    maxInFlight: 1,
    maxPending: 1_000,
    work: (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          finish: () => {
            resolve(items.map((item) => item * 10));
          },
          fail: reject,
        });
      }),
    ...options,
  });
  /** Waits for the start of a batch, by its number. */
  const started = async (index: number) => {
    for (let turn = 0; turn < 1_000; turn++) {
      const batch = batches[index];
      if (batch !== undefined) return batch;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`batch ${index} didn't start`);
  };
  return { batcher, batches, started };
}

describe("the batcher", () => {
  test("collects concurrent items into one batch and returns each its own result", async () => {
    const { batcher, started } = held();
    const results = Promise.all([1, 2, 3].map((item) => batcher.submit(item)));
    const batch = await started(0);
    assert.deepEqual(batch.items, [1, 2, 3]);
    batch.finish();
    assert.deepEqual(await results, [10, 20, 30]);
  });

  test("starts a full batch at once", () => {
    const { batcher, batches } = held({ maxBatch: 2, lingerMs: 60_000 });
    void batcher.submit(1);
    assert.equal(batches.length, 0);
    void batcher.submit(2);
    assert.deepEqual(batches[0]?.items, [1, 2]);
  });

  test("flushes at flushAt, and takes more items into a batch that had to wait for its turn", async () => {
    const { batcher, batches, started } = held({ flushAt: 2, lingerMs: 60_000 });
    void batcher.submit(1);
    assert.equal(batches.length, 0);
    void batcher.submit(2);
    assert.deepEqual(batches[0]?.items, [1, 2]);
    for (const item of [3, 4, 5]) void batcher.submit(item);
    batches[0].finish();
    assert.deepEqual((await started(1)).items, [3, 4, 5]);
  });

  test("limits concurrent batches; waiting items enlarge the next one", async () => {
    const { batcher, batches, started } = held();
    void batcher.submit(1);
    const first = await started(0);
    void batcher.submit(2);
    void batcher.submit(3);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(batches.length, 1);
    first.finish();
    assert.deepEqual((await started(1)).items, [2, 3]);
  });

  test("rejects items at once when it is full, and accepts them again when there is room", async () => {
    const { batcher, started } = held({ maxPending: 2 });
    const taken = [batcher.submit(1), batcher.submit(2)];
    await assert.rejects(batcher.submit(3), OverloadedError);
    (await started(0)).finish();
    await Promise.all(taken);
    const later = batcher.submit(4);
    (await started(1)).finish();
    assert.equal(await later, 40);
  });

  test("rejects every item of a failed batch, and no other", async () => {
    const { batcher, started } = held();
    const failed = [batcher.submit(1), batcher.submit(2)];
    const settled = Promise.allSettled(failed);
    (await started(0)).fail(new Error("lost"));
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    const next = batcher.submit(3);
    (await started(1)).finish();
    assert.equal(await next, 30);
  });

  test("drains when the last item is done", async () => {
    const { batcher, started } = held();
    let drained = false;
    void batcher.submit(1);
    const draining = batcher.drain().then(() => (drained = true));
    const batch = await started(0);
    assert.equal(drained, false);
    batch.finish();
    await draining;
    assert.equal(batcher.pending, 0);
    await batcher.drain();
  });

  test("answers every item exactly once and keeps its limits, whatever arrives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        async (items, maxBatch, maxInFlight) => {
          let running = 0;
          const batcher = new Batcher<number, number>({
            lingerMs: 0,
            maxBatch,
            maxInFlight,
            maxPending: 1_000,
            work: async (batch) => {
              running++;
              assert.ok(batch.length <= maxBatch && running <= maxInFlight);
              await Promise.resolve();
              running--;
              return batch.map((item) => item + 1);
            },
          });
          assert.deepEqual(
            await Promise.all(items.map((item) => batcher.submit(item))),
            items.map((item) => item + 1),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});
