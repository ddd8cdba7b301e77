import assert from "node:assert/strict";
import { test } from "node:test";
import { hostDrift } from "./host-drift.ts";

test("hosts without missing images, and hosts that can't observe them, have no drift", () => {
  const observations = [
    { node: "n1", missingImages: [], topics: [] },
    { node: "n2", missingImages: null, topics: null },
  ];
  assert.deepEqual(hostDrift(observations), []);
});

test("missing images are drift of a node, and differing topics are drift of Kafka's stack", () => {
  const [images, topics] = hostDrift([{ node: "n1", missingImages: ["api@1"], topics: ["coupon_create missing"] }]);
  assert.match(images ?? "", /^images n1 [0-9a-f]{12}$/);
  assert.match(topics ?? "", /^stack kafka [0-9a-f]{12}$/);
});

test("more partitions than declared are no drift, because Kafka can't remove them", () => {
  const observation = { node: "n1", missingImages: [], topics: ["coupon_create more 2 1"] };
  assert.deepEqual(hostDrift([observation]), []);
});
