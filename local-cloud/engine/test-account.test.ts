import assert from "node:assert/strict";
import { test } from "node:test";
import { checkoutPath } from "./account.ts";
import { oppositeRange, testAccount } from "./test-account.ts";

test("a test has the same account in each run of its checkout", () => {
  assert.deepEqual(testAccount("e2e"), testAccount("e2e", checkoutPath()));
});

test("tests of a checkout, and checkouts of a test, have different accounts, all known as those of tests", () => {
  const accounts = ["/one", "/two"].flatMap((checkout) =>
    ["e2e", "engine"].map((name) => testAccount(name, checkout).account),
  );
  assert.equal(new Set(accounts).size, 4);
  for (const account of accounts) assert.match(account, /^990000\d{6}$/);
});

test("its addresses are private, and none of those that ./run up has by default", () => {
  for (let index = 0; index < 500; index++) {
    const [, second] = /^10\.(\d+)\.0\.0\/16$/.exec(testAccount(String(index), "/one").range) ?? [];
    assert.ok(Number(second) >= 64 && Number(second) < 192, second);
  }
});

test("a range and its opposite are each other's, and 64 ranges apart", () => {
  assert.equal(oppositeRange("10.64.0.0/16"), "10.128.0.0/16");
  assert.equal(oppositeRange("10.191.0.0/16"), "10.127.0.0/16");
  for (let index = 0; index < 50; index++) {
    const { range } = testAccount(String(index), "/one");
    assert.equal(oppositeRange(oppositeRange(range)), range);
  }
});
