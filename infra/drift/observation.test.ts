import assert from "node:assert/strict";
import { test } from "node:test";
import { observationsOf } from "./observation.ts";

test("hosts that lack nothing, or tell nothing, are no damage", () => {
  const looks = [
    { node: "n1", missingImages: [], topics: [] },
    { node: "n2", missingImages: null, topics: null },
  ];
  assert.deepEqual(observationsOf(looks), []);
});

test("lost images are the damage of a node, and topics that of their stack", () => {
  const [images, topics] = observationsOf([
    { node: "n1", missingImages: ["api@1"], topics: ["coupon_create missing"] },
  ]);
  assert.match(images ?? "", /^images n1 [0-9a-f]{12}$/);
  assert.match(topics ?? "", /^stack kafka [0-9a-f]{12}$/);
});

test("more partitions than declared are no damage that a repair could mend", () => {
  const look = { node: "n1", missingImages: [], topics: ["coupon_create more 2 1"] };
  assert.deepEqual(observationsOf([look]), []);
});
