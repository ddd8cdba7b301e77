import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { sizeFor } from "./size.ts";

test("the defaults fit 6,000 users in a minute", () => {
  const { settings, decidedAfterSeconds, notes, usdAnHour } = sizeFor(6_000);
  assert.deepEqual([settings["api.replicas"], settings["workers"], settings["kafka.partitions"]], [4, 5, 1]);
  assert.deepEqual([decidedAfterSeconds, notes], [0, []]);
  // The sum of docs/deploy-to-aws.md.
  assert.equal(usdAnHour?.toFixed(2), "0.24");
});

test("a million users need more replicas and partitions, and wait for the database", () => {
  const { settings, decidedAfterSeconds, notes } = sizeFor(1_000_000);
  assert.ok(Number(settings["api.replicas"]) > 4 && Number(settings["kafka.partitions"]) > 1);
  assert.ok(decidedAfterSeconds > 0);
  assert.match(notes.join("\n"), /the database limits the event/);
});

test("the broker's host grows by cores, not only by memory", () => {
  const hostOf = (users: number) => sizeFor(users).settings["hosts.kafka.instanceType"];
  assert.deepEqual([60_000, 600_000, 1_000_000].map(hostOf), ["t3.medium", "t3.xlarge", "t3.2xlarge"]);
  assert.deepEqual(
    [1_600_000, 1_700_000].map((users) => sizeFor(users).brokers),
    [1, 2],
  );
});

test("a load beyond one broker is reported", () => {
  assert.match(sizeFor(10_000_000).notes.join("\n"), /several brokers/);
});

test("more users never need less, and the cost is always known", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (a, b) => {
      const [few, many] = [sizeFor(Math.min(a, b)), sizeFor(Math.max(a, b))];
      for (const key of ["api.replicas", "workers", "kafka.partitions"]) {
        assert.ok(Number(few.settings[key]) <= Number(many.settings[key]));
      }
      assert.ok((few.usdAnHour ?? NaN) <= (many.usdAnHour ?? NaN));
    }),
  );
});

test("docs/capacity.md has these sizes", () => {
  const page = readFileSync(new URL("../../docs/capacity.md", import.meta.url), "utf8");
  const sizes = [6_000, 60_000, 1_000_000].map((users) => sizeFor(users));
  const row = (name: string) =>
    page
      .split("\n")
      .find((line) => line.startsWith(`| ${name} `))
      ?.split("|")
      .slice(2, -1)
      .map((cell) => cell.trim());
  const keys = ["api.replicas", "workers", "kafka.partitions", "hosts.kafka.instanceType", "database.instanceClass"];
  for (const key of keys)
    assert.deepEqual(
      row(`\`${key}\``),
      sizes.map(({ settings }) => String(settings[key])),
      key,
    );
  assert.deepEqual(
    row("USD an hour"),
    sizes.map(({ usdAnHour }) => usdAnHour?.toFixed(2)),
  );
});
