import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Progress } from "./progress.ts";

describe("the consumer's progress", () => {
  const start = () => {
    let now = 0;
    const progress = new Progress(() => now);
    return {
      progress,
      at: (seconds: number) => {
        now = seconds * 1_000;
        return progress.health;
      },
    };
  };

  test("is bad when the loop has been inactive for a minute, until it works again", () => {
    const { progress, at } = start();
    assert.deepEqual(at(59), { ok: true });
    assert.deepEqual(at(60), { ok: false, reason: "the consumer has been inactive for 60 s" });
    progress.worked();
    assert.deepEqual(at(60), { ok: true });
  });

  test("is bad when the loop moves and handles no waiting record for a minute", () => {
    const { progress, at } = start();
    for (const second of [30, 59]) {
      assert.deepEqual(at(second), { ok: true });
      progress.tick();
    }
    assert.deepEqual(at(60), { ok: false, reason: "records wait, and the consumer has handled none for 60 s" });
    progress.worked();
    assert.deepEqual(at(60), { ok: true });
  });

  test("is bad at once when something blocks it, until records are committed", () => {
    const { progress, at } = start();
    progress.blocked("a broken batch");
    progress.worked();
    assert.deepEqual(at(0), { ok: false, reason: "the consumer is blocked: a broken batch" });
    progress.committed();
    assert.deepEqual(at(0), { ok: true });
  });

  test("is bad when sessions end one after another without a record handled, with the last one's reason", () => {
    const { progress, at } = start();
    for (const reason of ["first", "second"]) progress.sessionEnded(reason);
    assert.deepEqual(at(1), { ok: true });
    progress.tick();
    progress.sessionEnded("third");
    assert.deepEqual(at(1), { ok: false, reason: "3 sessions ended without a record handled, the last: third" });
    progress.worked();
    assert.deepEqual(at(1), { ok: true });
  });
});
