import assert from "node:assert/strict";
import { test } from "node:test";
import { declared, steps, told, wellHost, wellHosts, wellSwarm } from "../testing.ts";
import type { Unasked } from "../reach.ts";
import type { HostSight, SwarmSight } from "../sight.ts";
import { checkNodes } from "./nodes.ts";

type Node = SwarmSight["nodes"][number];

/** Returns what is found when the worker's node is changed so, and its host is as given. */
function found(change: (node: Node, swarm: SwarmSight) => void, worker: HostSight | Unasked = wellHost()): string[] {
  const swarm = wellSwarm();
  const node = swarm.nodes[1];
  assert.ok(node);
  change(node, swarm);
  const [host, unasked] = "greets" in worker ? [undefined, { "worker-1": worker }] : [worker, {}];
  return told(checkNodes(declared, { swarm, hosts: { ...wellHosts(), "worker-1": host }, unasked }, steps));
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
    [
      "worker-1 has the label rack=b, not a -> up puts it back",
      "worker-1 has the label kafka_server, which nobody declared -> up puts it back",
    ],
  );
  assert.deepEqual(
    found((node) => (node.Spec.Labels = {})),
    [
      "worker-1 lacks the label rack=a -> up puts it back",
      "worker-1 lacks the label gifticon-event.host=worker-1 -> up puts it back",
    ],
  );
});

test("a drained worker is told, and the manager is drained as declared", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Availability = "drain")),
    ["worker-1 is set to drain, not active -> up puts it back"],
  );
  assert.deepEqual(
    found((_, swarm) => {
      for (const node of swarm.nodes) node.Spec.Availability = "active";
    }),
    ["manager is set to active, not drain -> up puts it back"],
  );
});

test("a node of another role than declared is told, and a manager that the others can't reach", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Role = "manager")),
    ["worker-1 is a manager of the Swarm, not a worker -> up puts it back"],
  );
  const [finding] = found((_, swarm) => {
    const [manager] = swarm.nodes;
    assert.ok(manager);
    manager.ManagerStatus = { Reachability: "unreachable" };
  });
  assert.match(
    finding ?? "",
    /^manager is a manager that the others can't reach \(unreachable\): .* -> see what keeps/,
  );
});

const down = (node: Node) => (node.Status.State = "down");
const gone = (_: Node, swarm: SwarmSight) => swarm.nodes.splice(1, 1);

test("a node that left, or was removed, is joined again by an up where its host answers", () => {
  const left = { ...wellHost(), swarm: "inactive" };
  assert.deepEqual(found(down, left), ["worker-1 is down in the Swarm -> up joins it again"]);
  assert.deepEqual(found(gone, left), ["worker-1 is not in the Swarm -> up joins it again"]);
});

test("a node whose engine stopped comes back with the engine, which an up can't start", () => {
  assert.deepEqual(found(down, { ...wellHost(), swarm: "" }), [
    "worker-1 is down in the Swarm -> on worker-1: sudo systemctl restart docker",
  ]);
});

test("a node whose host answers nobody comes back with the host", () => {
  assert.deepEqual(found(down, { words: "Connection timed out", greets: false }), [
    "worker-1 is down in the Swarm -> bring worker-1 back",
  ]);
});

test("a host that only this machine can't ask is not taken for one that is off", () => {
  assert.deepEqual(found(down, { words: "too long for Unix domain socket", greets: true }), [
    "worker-1 is down in the Swarm -> up joins it again",
  ]);
});

test("a node that only the managers don't reach comes back when the way to them is free", () => {
  assert.deepEqual(found(down), [
    "worker-1 is down in the Swarm -> see what keeps worker-1 from port 2377 of the managers; it comes back by itself",
  ]);
});

test("an older node of a host, and one of no host, are told", () => {
  assert.deepEqual(
    found((node, swarm) => {
      swarm.nodes.push({ ...node, ID: "n4", Status: { State: "down", Addr: "10.0.0.5" } });
    }),
    ["worker-1 has 2 nodes in the Swarm -> up removes the earlier ones"],
  );
  assert.deepEqual(
    found((node, swarm) => {
      swarm.nodes.push({ ...node, ID: "n4", Spec: { ...node.Spec, Labels: {} }, Status: { State: "down", Addr: "9" } });
    }),
    ["node n4 (9, down) belongs to no declared host -> on the manager: sudo docker node rm --force n4"],
  );
});
