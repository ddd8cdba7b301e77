import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sharePools } from "./pool-sizes.ts";

test("a db.t3.micro gives each task of the API 14 connections in mode direct, and 5 in mode kafka", () => {
  assert.deepEqual(sharePools("direct", 4, 81), { api: 14, issuer: 0 });
  assert.deepEqual(sharePools("kafka", 4, 81), { api: 5, issuer: 4 });
});

test("all processes of an update together stay within the database's connections", () => {
  fc.assert(
    fc.property(fc.constantFrom("kafka", "direct"), fc.integer({ min: 1, max: 50 }), (mode, replicas) => {
      const { api, issuer } = sharePools(mode, replicas, 81);
      assert.ok(api >= 1 && (replicas + 1) * api + 2 * issuer <= 81);
    }),
  );
});
