import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kafka } from "kafkajs";
import { readTopic } from "./read-topic.ts";

/** Returns a client whose consumer never finishes joining its group. */
function joiningForever(): Kafka {
  const admin = {
    connect: () => Promise.resolve(),
    fetchTopicOffsets: () => Promise.resolve([{ partition: 0, offset: "1", high: "1", low: "0" }]),
    disconnect: () => Promise.resolve(),
  };
  const consumer = {
    events: {},
    on: () => undefined,
    connect: () => Promise.resolve(),
    subscribe: () => Promise.resolve(),
    run: () => new Promise(() => undefined),
    disconnect: () => Promise.resolve(),
  };
  return { admin: () => admin, consumer: () => consumer } as unknown as Kafka;
}

test("a read fails when the consumer doesn't join its group within 30 s", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const failed = assert.rejects(
    readTopic(joiningForever(), "topic", () => Promise.resolve()),
    { code: "READ_STALLED", message: "nothing came from topic for 30 s" },
  );
  // The timer starts after the reader has the topic's end.
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  mock.timers.tick(30_000);
  await failed;
});
