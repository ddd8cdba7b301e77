import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import { z } from "zod";
import { readArguments, UsageError, wholeNumber } from "./arguments.ts";

const config = {
  options: { users: { type: "string" }, json: { type: "boolean" } },
  schema: z.strictObject({ users: wholeNumber(1, 50), json: z.boolean().default(false) }),
  wrongName: (name: string) => (name === "all" ? undefined : `there is no part ${name}`),
} as const;

const size = (...args: string[]) =>
  execa("node", [new URL("../load-test/sizing/main.ts", import.meta.url).pathname, ...args], { reject: false });

test("validates options, adds defaults and keeps names", () => {
  assert.deepEqual(readArguments(["all", "--users", "5"], config), {
    options: { users: 5, json: false },
    names: ["all"],
  });
});

test("names each wrong argument with the allowed values", () => {
  const refused = (args: string[], message: string) => {
    assert.throws(() => readArguments(args, config), new UsageError(message));
  };
  refused([], "--users is missing; allowed is a whole number from 1 to 50");
  refused(["--users", "-5", "some"], '--users is "-5"; allowed is a whole number from 1 to 50\nthere is no part some');
  assert.throws(() => readArguments(["--many"], config), { code: "USAGE_INVALID", message: /--many/ });
});

test("a command with wrong arguments prints the error and the usage, and exits with 2", async () => {
  const { exitCode, stdout, stderr } = await size("--users", "0");
  assert.deepEqual([exitCode, stdout], [2, ""]);
  assert.match(stderr, /^error: --users is "0"; allowed is a whole number from 1 to 100000000\n\nUsage: /);
});

test("a command with --help prints the usage", async () => {
  const { exitCode, stdout, stderr } = await size("--help");
  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.match(stdout, /^Usage: /);
});
