import assert from "node:assert/strict";
import { test } from "node:test";
import { zoneOf } from "./network.ts";

test("only the region's own zones are used, also where the account has opted into local ones", () => {
  const names = ["us-west-2-lax-1a", "us-west-2-wl1-las-wlz-1", "us-west-2a", "us-west-2b"];
  assert.deepEqual([zoneOf(names, 0), zoneOf(names, 1)], ["us-west-2a", "us-west-2b"]);
  assert.equal(zoneOf(["us-gov-west-1a"], 0), "us-gov-west-1a");
});

test("a region with too few zones is refused", () => {
  assert.throws(() => zoneOf(["xx-east-1a"], 1), /the region has 1 zones; the environment needs two/);
});
