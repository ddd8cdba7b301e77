import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLimits, refusalOf } from "./limits.ts";

const limits = parseLimits("20000 10240 65000 4\nk6 v1.8.1 (go1.26, linux/amd64)\n");

test("limits and version of the generator are parsed", () => {
  assert.deepEqual(limits, {
    ...{ version: "k6 v1.8.1 (go1.26, linux/amd64)", openFiles: 20_000, cores: 4 },
    ports: { first: 10_240, last: 65_000 },
  });
});

test("more users than connections are refused with the possible number", () => {
  assert.equal(refusalOf(limits, 19_900), undefined);
  assert.equal(
    refusalOf(limits, 19_901),
    "the generator may open 20000 files, and 19901 users need 20001: --users 19900",
  );
});
