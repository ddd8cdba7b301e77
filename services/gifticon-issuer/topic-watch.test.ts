import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplacedTopic } from "@gifticon/event-database/topics-met.ts";
import { pino } from "pino";
import { type MetTopic, TopicWatch } from "./topic-watch.ts";

const lag = (topicId: string, ...behind: number[]) =>
  behind.map((records, partition) => ({ partition, topicId, written: 100, behind: records, held: 0 }));

/** Returns a watch, and the topics that it records. It can't record any while `away`. */
function watchOf() {
  const met: MetTopic[] = [];
  const reports: (ReplacedTopic | undefined)[] = [];
  const database = { away: false };
  const meet = (topic: MetTopic) => {
    if (database.away) return Promise.reject(new Error("away"));
    met.push(topic);
    return Promise.resolve(met.length > 1 ? { metAt: 1, waited: topic.waited ?? null } : undefined);
  };
  const watch = new TopicWatch(meet, (replaced) => reports.push(replaced), pino({ level: "silent" }));
  return { watch, met, reports, database };
}

test("a topic that replaced another is reported with the number of records that waited in that one", async () => {
  const { watch, met, reports } = watchOf();
  for (const look of [lag("old", 9, 0), lag("old", 3, 4), lag("new", 5, 5), lag("new", 0, 0)]) await watch.look(look);
  assert.deepEqual(met, [
    { id: "old", waited: undefined },
    { id: "new", waited: 7 },
  ]);
  assert.deepEqual(reports, [undefined, { metAt: 1, waited: 7 }]);
});

test("a topic that can't be recorded is recorded at a later check, with the number of records that waited in the former one", async () => {
  const { watch, met, database } = watchOf();
  await watch.look(lag("old", 2));
  database.away = true;
  await watch.look(lag("new", 8));
  database.away = false;
  await watch.look(lag("new", 6));
  assert.deepEqual(met.at(-1), { id: "new", waited: 2 });
});
