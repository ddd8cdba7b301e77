import assert from "node:assert/strict";
import { test } from "node:test";
import { checkoutPath } from "./account.ts";
import { describeHolder, holderOf } from "./networks.ts";

test("the holder of an overlapping range is found", () => {
  const taken = [
    { range: "192.168.0.0/24", holder: "a" },
    { range: "10.0.128.0/17", holder: "b" },
    { range: "fd00::/64", holder: "c" },
  ];
  assert.equal(holderOf("10.0.0.0/16", taken)?.holder, "b");
  assert.equal(holderOf("10.1.0.0/16", taken), undefined);
});

test("a network of another checkout is named by stack, account and checkout", () => {
  const labels = {
    "local-cloud.account": "123456789012",
    "local-cloud.checkout": "/home/somebody/clone",
    "local-cloud.stack": "local",
  };
  assert.equal(
    describeHolder({ Name: "net", Labels: labels }),
    "stack local of account 123456789012 (checkout /home/somebody/clone, Docker network net)",
  );
});

test("a network of this checkout is described as such", () => {
  const labels = { "local-cloud.account": "123456789012", "local-cloud.checkout": checkoutPath() };
  assert.equal(
    describeHolder({ Name: "net", Labels: labels }),
    "account 123456789012 (this checkout, Docker network net)",
  );
});

test("a network that isn't the local cloud's keeps Docker's name", () => {
  assert.equal(describeHolder({ Name: "bridge", Labels: {} }), "the Docker network bridge");
});
