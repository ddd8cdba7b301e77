import assert from "node:assert/strict";
import { test } from "node:test";
import { countRecords } from "./count-records.ts";

/** A broker with one topic of two partitions. Its first records are deleted. */
const admin = {
  listTopics: () => Promise.resolve(["letters"]),
  fetchTopicOffsets: (topic: string) => {
    assert.equal(topic, "letters");
    return Promise.resolve([
      { partition: 0, offset: "9", high: "9", low: "4" },
      { partition: 1, offset: "2", high: "2", low: "0" },
    ]);
  },
};

test("counts the records between the first and the last of each partition", async () => {
  assert.equal(await countRecords(admin, "letters"), 7);
});

test("counts no record in a topic that doesn't exist, and doesn't ask for its offsets", async () => {
  assert.equal(await countRecords(admin, "other"), 0);
});
