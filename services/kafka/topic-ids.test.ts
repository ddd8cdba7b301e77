import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnknownTopic, readTopicId } from "./topic-ids.ts";

/** Returns whether a topic counts as unknown when a request for its metadata ends like this. */
async function isUnknown(answer: () => Promise<unknown>): Promise<boolean> {
  const admin = { fetchTopicMetadata: answer } as Parameters<typeof readTopicId>[0];
  return readTopicId(admin, "coupon_create").then(() => false, isUnknownTopic);
}

test("a topic that the broker does not know is told from a broker that does not answer", async () => {
  const protocolError = Object.assign(new Error("no such topic"), { type: "UNKNOWN_TOPIC_OR_PARTITION" });
  assert.equal(await isUnknown(() => Promise.reject(protocolError)), true);
  assert.equal(await isUnknown(() => Promise.resolve({ topics: [] })), true);
  assert.equal(await isUnknown(() => Promise.reject(new Error("connect ECONNREFUSED"))), false);
});
