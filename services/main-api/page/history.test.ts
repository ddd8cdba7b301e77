import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Stats } from "../stats.ts";
import { History, WINDOW } from "./history.ts";

function stats(second: number, issued: number, accepted: number | null = issued): Stats {
  return {
    mode: "kafka",
    at: second * 1_000,
    accepted,
    queued: 0,
    held: 0,
    issued,
    rejected: { duplicate: 1, soldOut: 2 },
    stock: { total: 1_000, remaining: 1_000 - issued },
  };
}

/** Returns a history of figures, one each second. */
function historyOf(...figures: Stats[]): History {
  const history = new History();
  for (const each of figures) history.add(each);
  return history;
}

describe("the history of the figures", () => {
  test("computes rates over at least two seconds", () => {
    const { samples } = historyOf(stats(10, 0), stats(11, 10), stats(12, 40), stats(15, 100));
    assert.deepEqual(
      samples.map(({ issuedRate }) => issuedRate),
      [null, null, 20, 20],
    );
  });

  test("ignores figures older than the last ones", () => {
    const history = historyOf(stats(10, 5));
    assert.equal(history.add(stats(9.9, 4)), false);
    assert.equal(history.add(stats(10, 5)), false);
    assert.equal(history.samples.length, 1);
  });

  test("has no rate when a figure is unknown or decreased", () => {
    const { samples } = historyOf(stats(10, 50), stats(12, 5, null), stats(14, 9, 9));
    assert.deepEqual(
      samples.map(({ acceptedRate, issuedRate }) => [acceptedRate, issuedRate]),
      [
        [null, null],
        [null, null],
        [null, 2],
      ],
    );
  });

  test("adds up rejections, and drops samples older than the charts show", () => {
    const { samples } = historyOf(stats(10, 0), stats(20, 0), stats(20 + WINDOW, 0));
    assert.deepEqual(
      samples.map(({ at, rejected }) => [at, rejected]),
      [
        [20, 3],
        [20 + WINDOW, 3],
      ],
    );
  });
});
