import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isCausedByContent, isolate } from "./isolate.ts";

const failure = (code: string) => Object.assign(new Error("failed"), { code });

describe("an error", () => {
  test("is caused by content when a value or our own code fails", () => {
    for (const error of [
      failure("22008"),
      failure("23514"),
      failure("54000"),
      new TypeError("null"),
      new RangeError("x"),
    ]) {
      assert.equal(isCausedByContent(error), true, String(error));
    }
  });

  test("isn't caused by content when the database or broker is unavailable, slow or unexpected", () => {
    const codes = ["08006", "57P01", "57014", "40001", "53300", "42P01", "ECONNREFUSED", "ERR_SOCKET_CLOSED"];
    const coded = Object.assign(new TypeError("invalid URL"), { code: "ERR_INVALID_URL" });
    for (const error of [...codes.map(failure), coded, new Error("Connection terminated unexpectedly"), "text"]) {
      assert.equal(isCausedByContent(error), false, String(error));
    }
  });
});

describe("isolating", () => {
  test("finds the items that fail alone, and does the work for all others", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }), async (fails) => {
        const items = fails.map((failing, index) => ({ failing, index }));
        const done = new Set<number>();
        const failed = await isolate(items, (some) => {
          if (some.some(({ failing }) => failing)) return Promise.reject(failure("22008"));
          for (const { index } of some) done.add(index);
          return Promise.resolve();
        });
        const expected = items.filter(({ failing }) => failing);
        assert.deepEqual(
          failed.map(({ item }) => item),
          expected,
        );
        assert.equal(done.size, items.length - expected.length);
      }),
    );
  });

  test("takes at most 23 attempts for one item of 2,000", async () => {
    let attempts = 0;
    const items = Array.from({ length: 2_000 }, (_, index) => index);
    await isolate(items, (some) => {
      attempts++;
      return some.includes(1_234) ? Promise.reject(failure("22008")) : Promise.resolve();
    });
    assert.ok(attempts <= 23, `${attempts} attempts`);
  });

  test("throws an error that no item caused", async () => {
    await assert.rejects(
      isolate([1, 2], () => Promise.reject(failure("57P01"))),
      { code: "57P01" },
    );
  });
});
