import assert from "node:assert/strict";
import { test } from "node:test";
import { readBalances } from "../cloudwatch.ts";
import { checkCredits } from "./credits.ts";

/** Returns an answer of the AWS CLI with the newest point first. */
const answer = (early: number, late: number, minutes: number) =>
  JSON.stringify({
    Label: "CPUCreditBalance",
    Datapoints: [
      { Timestamp: `2026-12-25T10:${minutes}:00+00:00`, Average: late, Unit: "Count" },
      { Timestamp: "2026-12-25T10:00:00+00:00", Average: early, Unit: "Count" },
    ],
  });

const found = (early: number, late: number, minutes = 30) =>
  checkCredits([{ name: "worker-1", balances: readBalances(answer(early, late, minutes)) }]).map(({ what }) => what);

test("finds no fault in credits that grow or last for hours", () => {
  assert.deepEqual(found(100, 110), []);
  assert.deepEqual(found(144, 139), []);
});

test("finds credits that end soon or have ended, with the time left", () => {
  assert.deepEqual(found(100, 60), ["the CPU credits of worker-1 end in 0.8 hours at the rate of the last hour"]);
  assert.deepEqual(found(0, 0, 55), ["the CPU credits of worker-1 end in 0.0 hours at the rate of the last hour"]);
});

test("finds no fault in a new instance, which starts without credits", () => {
  assert.deepEqual(found(0, 0), []);
  assert.deepEqual(found(0, 2), []);
});

test("finds a machine without figures", () => {
  assert.deepEqual(
    checkCredits([{ name: "worker-1", balances: readBalances('{"Datapoints": []}') }]).map(({ what }) => what),
    ["CloudWatch has no CPU credits of worker-1 yet"],
  );
});
