import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../operate/arguments.ts";
import { parseOptions } from "./options.ts";

test("by default 6,000 users come for a minute through Kafka, without an allowed error", () => {
  assert.deepEqual(parseOptions([]), {
    ...{ users: 6_000, seconds: 60, modes: ["kafka"], model: "closed", rate: 2_000, maxErrorRate: 0 },
    ...{ stack: "local", out: ".local/event", json: false },
  });
});

test("a comparison runs mode direct first", () => {
  assert.deepEqual(parseOptions(["--compare"]).modes, ["direct", "kafka"]);
});

for (const [args, expected] of [
  [["--users", "0"], '--users is "0"; allowed is a whole number from 1 to 50000'],
  [["--users", "-5"], '--users is "-5"; allowed is a whole number from 1 to 50000'],
  [["--users=-5"], '--users is "-5"; allowed is a whole number from 1 to 50000'],
  [["--users", "50001"], '--users is "50001"; allowed is a whole number from 1 to 50000'],
  [["--seconds", "many"], '--seconds is "many"; allowed is a whole number from 1 to 3600'],
  [["--mode", "fast"], '--mode is "fast"; allowed is one of kafka, direct'],
  [["--max-error-rate", "2"], '--max-error-rate is "2"; allowed is a share from 0 to 1, as 0.01'],
  [["--rate", "100"], "--rate is of the open model: add --model open"],
] as const) {
  test(`${args.join(" ")} is refused with what is allowed`, () => {
    assert.throws(() => parseOptions(args), new UsageError(expected));
  });
}

test("an unknown option and several faults at once are reported", () => {
  assert.throws(() => parseOptions(["--user", "5"]), /'--user'/);
  assert.throws(() => parseOptions(["--users", "0", "--mode", "x"]), /--users is "0".*\n--mode is "x"/);
});
