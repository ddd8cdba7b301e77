import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostObservation } from "../observation.ts";
import { declared, healthyHost } from "../testing.ts";
import { checkTopics } from "./topics.ts";

/**
 * Returns "fault; next step" for a state of Kafka's host. Undefined stands for a host that doesn't
 * answer.
 */
function found(kafka: Partial<HostObservation> | undefined, composes = declared.composes): string[] {
  const hosts = { "worker-1": healthyHost(), kafka: kafka && { ...healthyHost(), ...kafka } };
  return checkTopics({ composes }, { hosts }, "up").map(({ what, next }) => `${what}; ${next}`);
}

test("finds no fault in topics that are as declared", () => {
  assert.deepEqual(found({ brokers: 1, topics: [] }), []);
});

test("finds a deleted or changed topic by name, with the next step", () => {
  const topics = [
    "coupon_create missing",
    "coupon_create fewer 1 3",
    "coupon_create settings retention.ms=1 none",
    "coupon_create.dlt more 2 1",
  ];
  assert.deepEqual(found({ brokers: 1, topics }), [
    "topic coupon_create is missing; requests that waited in it, if any, are lost; up creates it again",
    "topic coupon_create has 1 partitions, and 3 are declared; up adds them",
    "topic coupon_create has the settings retention.ms=1, not none; up restores them",
    "topic coupon_create.dlt has 2 partitions, and 1 are declared; set kafka.partitions to 2, then up; Kafka can't remove partitions",
  ]);
});

test("finds a broker whose ZooKeeper lost its volume, and refers to the procedure", () => {
  const [finding = ""] = found({ brokerEnd: "Invalid cluster.id in: meta.properties. Expected a, but read b" });
  assert.match(finding, /whose volume was lost: Invalid cluster.id.*; docs\/troubleshooting.md/);
});

test("finds a broker that doesn't run, or that can't report its topics", () => {
  assert.match(found({ brokers: 0 })[0] ?? "", /^the broker doesn't run; /);
  assert.match(found({ brokers: 1 })[0] ?? "", /^the broker doesn't report its topics; /);
});

test("finds nothing without declared topics, as in mode direct, or without an answer of Kafka's host", () => {
  assert.deepEqual(found({ brokers: 0 }, {}), []);
  assert.deepEqual(found(undefined), []);
});

test("a missing topic and a broker that doesn't work are causes of other faults, but not the topic of dead letters", () => {
  const kinds = (kafka: Partial<HostObservation>) =>
    checkTopics(declared, { hosts: { kafka: { ...healthyHost(), ...kafka } } }, "up").map(({ kind }) => kind);
  assert.deepEqual(kinds({ brokers: 1, topics: ["coupon_create missing", "coupon_create.dlt missing"] }), [
    "topic",
    undefined,
  ]);
  assert.deepEqual(kinds({ brokers: 0 }), ["broker"]);
  assert.deepEqual(kinds({ brokerEnd: "Invalid cluster.id" }), ["broker"]);
});
