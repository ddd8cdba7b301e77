import assert from "node:assert/strict";
import { test } from "node:test";
import type { Advice } from "./advice.ts";
import { findCauses, kindOfTasks } from "./causes.ts";
import type { FaultKind, Finding } from "./finding.ts";

const fault = (kind?: FaultKind): Finding => ({ what: kind ?? "other", next: "step" as Advice, kind });

/** Returns the causes among faults of these kinds, each with the kinds that follow. */
const causes = (...kinds: (FaultKind | undefined)[]) =>
  findCauses(kinds.map(fault)).map(({ faults, follow }) => [faults, follow].map((all) => all.map(({ what }) => what)));

test("a missing topic explains the event's tasks, the queue and the load balancer", () => {
  assert.deepEqual(causes("event's tasks", "event's tasks", "queue", "topic", "entrance", undefined), [
    [["topic"], ["event's tasks", "event's tasks", "queue", "entrance"]],
  ]);
});

test("a broker that doesn't run explains its tasks, and its service or host explains the broker", () => {
  assert.deepEqual(causes("broker's tasks", "broker", "entrance"), [[["broker"], ["broker's tasks", "entrance"]]]);
  for (const deeper of ["broker's service", "broker's host"] as const)
    assert.deepEqual(causes("broker", deeper, "entrance"), [[[deeper], ["broker", "entrance"]]]);
});

test("nothing is explained without its cause, and a fault that explains nothing is no cause", () => {
  assert.deepEqual(causes("event's tasks", "queue", "entrance"), []);
  assert.deepEqual(causes("topic", undefined), []);
});

test("only tasks of the broker and of the event follow from a fault of the broker", () => {
  const kinds = ["kafka_kafka", "kafka_topics", "gifticon_main-api", "gifticon_gifticon-issuer", "kafka_zookeeper"];
  assert.deepEqual(kinds.map(kindOfTasks), [
    ...["broker's tasks", "broker's tasks", "event's tasks", "event's tasks"],
    undefined,
  ]);
});
