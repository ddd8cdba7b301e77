import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostSight } from "../sight.ts";
import { declared, wellHost } from "../testing.ts";
import { checkTopics } from "./topics.ts";

/**
 * Returns what is found, and the next step, when Kafka's host is so; undefined for one that doesn't
 * answer.
 */
function found(kafka: Partial<HostSight> | undefined, composes = declared.composes): string[] {
  const hosts = { "worker-1": wellHost(), kafka: kafka && { ...wellHost(), ...kafka } };
  return checkTopics({ composes }, { hosts }, "up").map(({ what, next }) => `${what}; ${next}`);
}

test("topics that are as declared are well", () => {
  assert.deepEqual(found({ brokers: 1, topics: [] }), []);
});

test("a topic that was deleted or changed is told by name, with the step that puts it right", () => {
  const topics = [
    "coupon_create missing",
    "coupon_create fewer 1 3",
    "coupon_create settings retention.ms=1 none",
    "coupon_create.dlt more 2 1",
  ];
  assert.deepEqual(found({ brokers: 1, topics }), [
    "topic coupon_create is missing, and what waited in it is lost; up makes it again",
    "topic coupon_create has 1 partitions, and 3 are declared; up adds them",
    "topic coupon_create has the settings retention.ms=1, not none; up puts them back",
    "topic coupon_create.dlt has 2 partitions, and 1 are declared; set kafka.partitions to 2, then up; Kafka can't take any away",
  ]);
});

test("a broker whose ZooKeeper lost its disk is told with the way out", () => {
  const [finding = ""] = found({ brokerEnd: "Invalid cluster.id in: meta.properties. Expected a, but read b" });
  assert.match(finding, /whose volume was lost: Invalid cluster.id.*; docs\/troubleshooting.md/);
});

test("a broker that doesn't run, or doesn't answer, is told", () => {
  assert.match(found({ brokers: 0 })[0] ?? "", /^the broker doesn't run; /);
  assert.match(found({ brokers: 1 })[0] ?? "", /^the broker doesn't tell its topics; /);
});

test("without topics, as in mode direct, or while Kafka's host doesn't answer, there is nothing to tell", () => {
  assert.deepEqual(found({ brokers: 0 }, {}), []);
  assert.deepEqual(found(undefined), []);
});
