import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BatchSize } from "./batch-size.ts";

test("the batch size stays between 1 and 2,000, and returns to 2,000", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (slow) => {
      const size = new BatchSize();
      for (const was of slow) {
        if (was) size.shrink();
        else size.grow();
        assert.ok(size.current >= 1 && size.current <= 2_000);
      }
      for (let turn = 0; turn < 40; turn++) size.grow();
      assert.equal(size.current, 2_000);
    }),
  );
});
