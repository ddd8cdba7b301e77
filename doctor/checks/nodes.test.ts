import assert from "node:assert/strict";
import { test } from "node:test";
import { declared, wellSwarm } from "../testing.ts";
import type { SwarmSight } from "../sight.ts";
import { checkNodes } from "./nodes.ts";

type Node = SwarmSight["nodes"][number];

/** What is found when the worker's node is changed so. */
function found(change: (node: Node, swarm: SwarmSight) => void): string[] {
  const swarm = wellSwarm();
  const worker = swarm.nodes[1];
  assert.ok(worker);
  change(worker, swarm);
  return checkNodes(declared, { swarm }, "up").map(({ what }) => what);
}

test("nodes that are as declared are well", () => {
  assert.deepEqual(
    found(() => undefined),
    [],
  );
});

test("a label that is gone, another, or nobody's is told by name", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Labels = { "gifticon-event.host": "worker-1", rack: "b", kafka_server: "true" })),
    ["worker-1 has the label rack=b, not a", "worker-1 has the label kafka_server, which nobody declared"],
  );
  assert.deepEqual(
    found((node) => (node.Spec.Labels = {})),
    ["worker-1 lacks the label rack=a", "worker-1 lacks the label gifticon-event.host=worker-1"],
  );
});

test("a drained worker is told, and the manager is drained as declared", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Availability = "drain")),
    ["worker-1 is set to drain, not active"],
  );
  assert.deepEqual(
    found((_, swarm) => {
      for (const node of swarm.nodes) node.Spec.Availability = "active";
    }),
    ["manager is set to active, not drain"],
  );
});

test("a node of another role than declared is told, and a manager that the others can't reach", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Role = "manager")),
    ["worker-1 is a manager of the Swarm, not a worker"],
  );
  const [finding] = found((_, swarm) => {
    const [manager] = swarm.nodes;
    assert.ok(manager);
    manager.ManagerStatus = { Reachability: "unreachable" };
  });
  assert.match(finding ?? "", /^manager is a manager that the others can't reach \(unreachable\)/);
});

test("a node that left, or is gone, is told", () => {
  assert.deepEqual(
    found((node) => (node.Status.State = "down")),
    ["worker-1 is down in the Swarm"],
  );
  assert.deepEqual(
    found((_, swarm) => swarm.nodes.splice(1, 1)),
    ["worker-1 is not in the Swarm"],
  );
});

test("an older node of a host, and one of no host, are told", () => {
  assert.deepEqual(
    found((node, swarm) => {
      swarm.nodes.push({ ...node, ID: "n4", Status: { State: "down", Addr: "10.0.0.5" } });
    }),
    ["worker-1 has 2 nodes in the Swarm"],
  );
  assert.deepEqual(
    found((node, swarm) => {
      swarm.nodes.push({ ...node, ID: "n4", Spec: { ...node.Spec, Labels: {} }, Status: { State: "down", Addr: "9" } });
    }),
    ["node n4 (9, down) belongs to no declared host"],
  );
});
