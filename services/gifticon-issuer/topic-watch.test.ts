import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplacedTopic } from "@gifticon/event-database/seen-topics.ts";
import { pino } from "pino";
import { type SeenTopic, TopicWatch } from "./topic-watch.ts";

const lag = (topicId: string, ...behind: number[]) =>
  behind.map((records, partition) => ({ partition, topicId, written: 100, behind: records, held: 0 }));

/** Returns a watch, and the topics that it records. It can't record any while `away`. */
function watchOf() {
  const seen: SeenTopic[] = [];
  const reports: (ReplacedTopic | undefined)[] = [];
  const database = { away: false };
  const record = (topic: SeenTopic) => {
    if (database.away) return Promise.reject(new Error("away"));
    seen.push(topic);
    return Promise.resolve(seen.length > 1 ? { firstSeenAt: 1, waited: topic.waited ?? null } : undefined);
  };
  const watch = new TopicWatch(record, (replaced) => reports.push(replaced), pino({ level: "silent" }));
  return { watch, seen, reports, database };
}

test("a topic that replaced another is reported with the number of records that waited in that one", async () => {
  const { watch, seen, reports } = watchOf();
  for (const observed of [lag("old", 9, 0), lag("old", 3, 4), lag("new", 5, 5), lag("new", 0, 0)])
    await watch.check(observed);
  assert.deepEqual(seen, [
    { id: "old", waited: undefined },
    { id: "new", waited: 7 },
  ]);
  assert.deepEqual(reports, [undefined, { firstSeenAt: 1, waited: 7 }]);
});

test("a topic that can't be recorded is recorded at a later check, with the number of records that waited in the former one", async () => {
  const { watch, seen, database } = watchOf();
  await watch.check(lag("old", 2));
  database.away = true;
  await watch.check(lag("new", 8));
  database.away = false;
  await watch.check(lag("new", 6));
  assert.deepEqual(seen.at(-1), { id: "new", waited: 2 });
});
