import assert from "node:assert/strict";
import { test } from "node:test";
import { CASES } from "./cases.ts";
import { UsageError } from "../operate/arguments.ts";
import { parseOptions } from "./options.ts";

const refused = (...args: string[]) => {
  try {
    parseOptions(args);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail(`not refused: ${args.join(" ")}`);
};

test("named cases run in the order of all cases", () => {
  const { cases, users, fast } = parseOptions(["broker-killed", "database-restarted", "--users", "5"]);
  assert.deepEqual([cases.map(({ name }) => name), users, fast], [["database-restarted", "broker-killed"], 5, false]);
});

test("--all runs every case", () => {
  assert.equal(parseOptions(["--all"]).cases.length, CASES.length);
});

test("--fast runs one case of each family", () => {
  const families = new Set(CASES.map(({ family }) => family));
  const { cases, fast } = parseOptions(["--fast"]);
  assert.equal(fast, true);
  assert.deepEqual(new Set(cases.map(({ family }) => family)), families);
  assert.equal(cases.length, families.size);
});

test("an unknown name is refused with the list of names", () => {
  const message = refused("broker-kiled");
  assert.match(message, /no case broker-kiled/);
  for (const { name } of CASES) assert.ok(message.includes(name), name);
});

test("a wrong number of users is refused with the allowed range", () => {
  for (const users of ["0", "501", "many", "-1", "1.5"])
    assert.match(refused("--all", `--users=${users}`), /--users is ".*"; allowed is a whole number from 1 to 500/);
});

test("any stack but local is refused", () => {
  assert.match(refused("--all", "--stack", "dev"), /--stack is "dev"; allowed is local/);
});

test("exactly one selection is required", () => {
  assert.match(refused(), /no fault is selected/);
  assert.match(refused("--all", "--fast"), /no fault is selected/);
  assert.match(refused("--all", "broker-killed"), /no fault is selected/);
});

test("an unknown option is refused", () => {
  assert.match(refused("--everything"), /--everything/);
});

test("names are unique", () => {
  assert.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length);
});
