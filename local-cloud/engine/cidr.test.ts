import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressAt, cidr, containsRange, formatAddress, overlaps, parseAddress, parseCidr, sizeOf } from "./cidr.ts";

test("an address survives parsing and formatting", () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      assert.equal(formatAddress(parseAddress(text) ?? -1), text);
    }),
  );
});

for (const text of ["", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.0.0", "a.b.c.d", " 10.0.0.1"]) {
  test(`${JSON.stringify(text)} is no address`, () => {
    assert.equal(parseAddress(text), undefined);
  });
}

for (const text of ["10.0.0.0", "10.0.0.0/33", "10.0.0.1/16", "10.0.0.0/016", "10.0.0.0/-1", "::/0"]) {
  test(`${JSON.stringify(text)} is no range`, () => {
    assert.equal(parseCidr(text), undefined);
  });
}

test("a range has as many addresses as its prefix leaves bits for", () => {
  assert.equal(sizeOf(cidr("10.0.0.0/24")), 256);
  assert.equal(sizeOf(cidr("0.0.0.0/0")), 2 ** 32);
});

test("ranges overlap when one holds the other, and not when they are neighbours", () => {
  assert.equal(overlaps(cidr("10.0.0.0/16"), cidr("10.0.255.0/24")), true);
  assert.equal(overlaps(cidr("10.0.255.0/24"), cidr("10.0.0.0/16")), true);
  assert.equal(overlaps(cidr("10.0.0.0/24"), cidr("10.0.1.0/24")), false);
});

test("a range contains what lies wholly in it, itself included", () => {
  assert.equal(containsRange(cidr("10.0.0.0/16"), cidr("10.0.0.0/16")), true);
  assert.equal(containsRange(cidr("10.0.0.0/16"), cidr("10.0.0.0/15")), false);
  assert.equal(containsRange(cidr("10.0.0.0/16"), cidr("10.1.0.0/24")), false);
});

test("an address is found by its offset", () => {
  assert.equal(addressAt("10.0.0.0/16", 2), "10.0.0.2");
  assert.equal(addressAt("10.0.0.0/16", 256), "10.0.1.0");
});
