import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { healthyOnceReady, type CheckResult } from "./operations.ts";

describe("health", () => {
  const away: CheckResult = { ok: false, reason: "broker: away" };

  test("gives the missing condition until the service was ready once, and then doesn't depend on readiness", async () => {
    let ready: CheckResult = away;
    const { health } = healthyOnceReady(
      () => ready,
      () => ({ ok: true }),
    );
    assert.deepEqual(await health(), { ok: false, reason: "starting: broker: away" });
    ready = { ok: true };
    assert.deepEqual(await health(), { ok: true });
    ready = away;
    assert.deepEqual(await health(), { ok: true });
  });

  test("is the process's own after the first readiness, by any request for it", async () => {
    const { health, readiness } = healthyOnceReady(
      () => ({ ok: true }),
      () => ({ ok: false, reason: "stalled" }),
    );
    await readiness();
    assert.deepEqual(await health(), { ok: false, reason: "stalled" });
  });

  test("is bad in a ready service until it has worked once", async () => {
    let proven: CheckResult = { ok: false, reason: "nothing handled yet" };
    const { health, readiness } = healthyOnceReady(
      () => ({ ok: true }),
      () => ({ ok: true }),
      () => proven,
    );
    assert.deepEqual(await readiness(), { ok: true });
    assert.deepEqual(await health(), { ok: false, reason: "starting: nothing handled yet" });
    proven = { ok: true };
    assert.deepEqual(await health(), { ok: true });
  });
});
