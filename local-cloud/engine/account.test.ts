import assert from "node:assert/strict";
import { test } from "node:test";
import { accountId, accountOfCheckout, stackOf } from "./account.ts";

test("an account has 12 digits and follows from the checkout's path", () => {
  assert.match(accountOfCheckout("/some/path"), /^\d{12}$/);
  assert.equal(accountOfCheckout("/some/path"), accountOfCheckout("/some/path"));
  assert.notEqual(accountOfCheckout("/some/path"), accountOfCheckout("/another/path"));
});

test("LOCAL_CLOUD_ACCOUNT overrides, and must have 12 digits", (t) => {
  const before = process.env["LOCAL_CLOUD_ACCOUNT"];
  t.after(() => {
    if (before === undefined) delete process.env["LOCAL_CLOUD_ACCOUNT"];
    else process.env["LOCAL_CLOUD_ACCOUNT"] = before;
  });
  process.env["LOCAL_CLOUD_ACCOUNT"] = "123456789012";
  assert.equal(accountId(), "123456789012");
  process.env["LOCAL_CLOUD_ACCOUNT"] = "12345";
  assert.throws(() => accountId(), /LOCAL_CLOUD_ACCOUNT is "12345": an account id has exactly 12 digits/);
});

test("the stack is the first part of a URN", () => {
  assert.equal(stackOf("urn:pulumi:local::project::aws:ec2/vpc:Vpc::main"), "local");
  assert.equal(stackOf("no urn"), undefined);
});
