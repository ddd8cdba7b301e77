import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shareReading } from "./shared-reading.ts";

/** Creates a shared reading that the test completes, with a clock that the test moves. */
function readings() {
  const under = [] as PromiseWithResolvers<number>[];
  const clock = { now: 0 };
  const read = () => {
    const reading = Promise.withResolvers<number>();
    under.push(reading);
    return reading.promise;
  };
  return { under, clock, ask: shareReading(read, 1_000, () => clock.now) };
}

describe("a shared reading", () => {
  test("is shared by all callers within its time, and starts with the first caller", async () => {
    const { under, clock, ask } = readings();
    assert.equal(under.length, 0);
    const answers = [ask(), ask()];
    under[0]?.resolve(1);
    clock.now = 999;
    assert.deepEqual(await Promise.all([...answers, ask()]), [1, 1, 1]);
    clock.now = 1_000;
    const next = ask();
    under[1]?.resolve(2);
    assert.equal(await next, 2);
    assert.equal(under.length, 2);
  });

  test("that takes longer than its time isn't started twice", async () => {
    const { under, clock, ask } = readings();
    const first = ask();
    clock.now = 5_000;
    const second = ask();
    under[0]?.resolve(1);
    assert.deepEqual([await first, await second, under.length], [1, 1, 1]);
  });

  test("that fails, fails for all its callers, and the next call reads again", async () => {
    const { under, clock, ask } = readings();
    const failed = [ask(), ask()];
    under[0]?.reject(new Error("away"));
    for (const answer of failed) await assert.rejects(answer, /away/);
    await assert.rejects(ask(), /away/);
    clock.now = 1_000;
    const next = ask();
    under[1]?.resolve(2);
    assert.equal(await next, 2);
  });
});
