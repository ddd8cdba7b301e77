import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseAddress, SUBNET_MARGINS } from "./addresses.ts";
import { formatAddress, parseAddress } from "./cidr.ts";

const subnet = "10.0.1.0/28";
const choose = (used: string[], wanted?: string) =>
  formatAddress(chooseAddress(subnet, SUBNET_MARGINS, new Set(used.map((text) => parseAddress(text) ?? 0)), wanted));

test("a subnet's first assigned address is its fifth", () => {
  assert.equal(choose([]), "10.0.1.4");
});

test("an address that is in use is skipped", () => {
  assert.equal(choose(["10.0.1.4", "10.0.1.6"]), "10.0.1.5");
});

test("the last address of a subnet is never assigned", () => {
  const all = Array.from({ length: 11 }, (_, index) => `10.0.1.${4 + index}`);
  assert.equal(choose(all.slice(0, -1)), "10.0.1.14");
  assert.throws(() => choose(all), { code: "InvalidIPAddress", message: "there are no free addresses in 10.0.1.0/28" });
});

test("a requested address is assigned if it is free", () => {
  assert.equal(choose([], "10.0.1.9"), "10.0.1.9");
});

for (const [wanted, message] of [
  ["10.0.1.3", /reserved address range/],
  ["10.0.1.15", /reserved address range/],
  ["10.0.2.4", /does not fall within/],
  ["10.0.1.9", /is in use/],
] as const) {
  test(`the requested address ${wanted} is refused: ${message.source}`, () => {
    assert.throws(() => choose(["10.0.1.9"], wanted), message);
  });
}
