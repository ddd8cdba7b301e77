import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Drain } from "./drain.ts";

/** Runs a drain whose clock moves a second at each check. Returns the second at which it ended. */
async function drainWith(at: (second: number, drain: Drain) => void): Promise<number> {
  let now = 0;
  const drain: Drain = new Drain({ quiet: 5_000, longest: 15_000, poll: 1 }, () => now);
  assert.equal(drain.started, false);
  const tick = setInterval(() => {
    now += 1_000;
    at(now / 1_000, drain);
  }, 5);
  await drain.wait().finally(() => {
    clearInterval(tick);
  });
  assert.equal(drain.started, true);
  return now / 1_000;
}

describe("draining", () => {
  test("ends when no request has come for 5 s", async () => {
    assert.equal(await drainWith(() => undefined), 5);
  });

  test("continues while requests come", async () => {
    const end = await drainWith((second, drain) => {
      if (second <= 4) drain.recordRequest();
    });
    assert.equal(end, 9);
  });

  test("ends after 15 s even if they never stop", async () => {
    const end = await drainWith((_second, drain) => {
      drain.recordRequest();
    });
    assert.equal(end, 15);
  });
});
