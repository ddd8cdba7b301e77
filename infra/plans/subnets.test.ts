import assert from "node:assert/strict";
import { test } from "node:test";
import { layOutSubnets } from "./subnets.ts";

test("each zone has a public and a private subnet of a sixteenth of the range", () => {
  assert.deepEqual(layOutSubnets("10.0.0.0/16"), [
    { name: "public-a", kind: "public", zone: 0, cidr: "10.0.0.0/20" },
    { name: "public-b", kind: "public", zone: 1, cidr: "10.0.16.0/20" },
    { name: "private-a", kind: "private", zone: 0, cidr: "10.0.32.0/20" },
    { name: "private-b", kind: "private", zone: 1, cidr: "10.0.48.0/20" },
  ]);
});

test("a text that is not a range is refused", () => {
  assert.throws(() => layOutSubnets("10.0.0.0"), /10\.0\.0\.0 is not an IPv4 range/);
});
