import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment, service } from "../policy/testing.ts";
import { moveOf } from "./consequences.ts";
import { hostsRelieved, hostStops, rescheduled } from "./host-stops.ts";
import type { Change, Operation, Resource } from "./plan.ts";

const INSTANCE = "aws:ec2/instance:Instance";
const known = { custom: true, outputs: {}, dependencies: [] };

/** Returns a host and the script that makes it a node. */
function host(name: string, role: string, labels = "", availability = "active"): Resource[] {
  const stdin = `#!/usr/bin/env bash\nreadonly HOST_NAME='${name}'\nreadonly -a LABELS=(${labels})\nreadonly AVAILABILITY='${availability}'\nmain\n`;
  return [
    { ...known, urn: name, type: INSTANCE, name, inputs: { tags: { Role: role } } },
    { ...known, urn: `${name}-node`, type: "command:remote:Command", name: `${name}-node`, inputs: { stdin } },
  ];
}
const hosts = [
  ...host("manager", "manager", "", "drain"),
  ...host("kafka", "kafka", "'kafka_server=true'"),
  ...host("worker-1", "worker"),
  ...host("worker-2", "worker"),
  ...host("worker-10", "worker"),
];

/** Returns the hosts and a stack whose service main-api has this placement. */
function stack(placement: object, replicas = 1): Resource[] {
  const deploy = { ...service.deploy, replicas, placement };
  return [...hosts, { ...known, ...deployment({ deploy }), urn: "stack" }];
}
const onWorkers = { constraints: ["node.role == worker", "node.labels.kafka_server != true"] };

function change(name: string, operation: Operation, path = "instanceType"): Change {
  const properties = [{ path, replaces: false, before: 1, after: 2 }];
  const resource = { urn: name, type: INSTANCE, name, custom: true };
  return { operation, resource, properties, refused: false, deletedFirst: name === "kafka" };
}
const moves = (placement: object, replicas: number, ...changes: Change[]) => {
  const resources = stack(placement, replicas);
  return rescheduled({ before: resources, after: resources, changes });
};

test("a host stops when its type changes or it is deleted, and not when a tag changes", () => {
  const changes = [change("worker-10", "update"), change("worker-2", "delete"), change("worker-1", "update", "tags")];
  assert.deepEqual(hostStops({ changes }), [
    { host: "worker-2", how: "is deleted" },
    { host: "worker-10", how: "stops and starts" },
  ]);
});

test("a replaced host stops only if it is deleted before the new one exists", () => {
  const changes = [change("worker-1", "replace"), change("kafka", "replace")];
  assert.deepEqual(hostStops({ changes }), [{ host: "kafka", how: "is replaced" }]);
  assert.deepEqual(hostsRelieved({ changes }), ["worker-1"]);
});

test("a service moves to running hosts that its constraints allow", () => {
  const [move] = moves(onWorkers, 1, change("worker-1", "update"));
  assert.deepEqual(move?.to, ["worker-2", "worker-10"]);
  assert.match(moveOf(move), /^starts again on one of `worker-2`, `worker-10` .*callers get 503/);
  assert.deepEqual(moves(onWorkers, 1, change("kafka", "replace")), [], "it can't be there");
});

test("a drained host runs no tasks, so nothing moves from it or to it", () => {
  assert.deepEqual(moves({ constraints: [] }, 1, change("manager", "update")), []);
  assert.deepEqual(moves({ constraints: [] }, 1, change("worker-1", "update"))[0]?.to, [
    "kafka",
    "worker-2",
    "worker-10",
  ]);
});

test("replicas without room wait, and so does a service without another host", () => {
  const spread = { ...onWorkers, max_replicas_per_node: 1 };
  const [crowded] = moves(spread, 3, change("worker-1", "delete"));
  assert.ok(crowded);
  assert.match(moveOf(crowded), /^2 of 3 replicas have room on `worker-2`, `worker-10`; the others wait/);
  const onKafka = { constraints: ["node.labels.kafka_server == true"] };
  const [alone] = moves(onKafka, 1, change("kafka", "update"));
  assert.ok(alone);
  assert.match(moveOf(alone), /^no other host may run it, so it waits for its host: callers get 503/);
});
