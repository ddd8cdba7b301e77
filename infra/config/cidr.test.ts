import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatCidr, overlaps, parseCidr, part } from "./cidr.ts";

const ranges = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => ({ base: address - (address % 2 ** (32 - prefix)), prefix }));

test("a range reads back as it was written", () => {
  fc.assert(
    fc.property(ranges, (range) => {
      assert.deepEqual(parseCidr(formatCidr(range)), range);
    }),
  );
});

test("a text that is not a range of IPv4 addresses is refused", () => {
  for (const text of ["", "10.0.0.0", "10.0.0.256/8", "10.0.0.0/33", "10.0.0.1/16", "fd00::/8", " 10.0.0.0/8"]) {
    assert.equal(parseCidr(text), undefined, text);
  }
});

test("the parts of a range are inside it and apart from each other", () => {
  const whole = { base: 0x0a000000, prefix: 16 };
  const parts = [0, 1, 2, 3].map((index) => part(whole, 2, index));
  assert.deepEqual(parts.map(formatCidr), ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18", "10.0.192.0/18"]);
  assert.ok(parts.every((one) => overlaps(one, whole)));
  assert.ok(parts.every((one, i) => parts.every((other, j) => i === j || !overlaps(one, other))));
});

test("a part that a range does not have is refused", () => {
  assert.throws(() => part({ base: 0, prefix: 30 }, 3, 0), RangeError);
  assert.throws(() => part({ base: 0, prefix: 16 }, 2, 4), /0\.0\.0\.0\/16 has no part 4 of 4/);
});
