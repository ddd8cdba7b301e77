import assert from "node:assert/strict";
import { test } from "node:test";
import { declared, format, steps, healthyHost, healthyHosts, healthySwarm } from "../testing.ts";
import type { Unreachable } from "../reach.ts";
import type { HostObservation, SwarmObservation } from "../observation.ts";
import { checkNodes } from "./nodes.ts";

type Node = SwarmObservation["nodes"][number];

/** Returns the findings after a change of the worker's node, with this state of its host. */
function found(
  change: (node: Node, swarm: SwarmObservation) => void,
  worker: HostObservation | Unreachable = healthyHost(),
): string[] {
  const swarm = healthySwarm();
  const node = swarm.nodes[1];
  assert.ok(node);
  change(node, swarm);
  const [host, unreachable] = "greets" in worker ? [undefined, { "worker-1": worker }] : [worker, {}];
  return format(checkNodes(declared, { swarm, hosts: { ...healthyHosts(), "worker-1": host }, unreachable }, steps));
}

test("finds no fault in nodes that are as declared", () => {
  assert.deepEqual(
    found(() => undefined),
    [],
  );
});

test("finds a missing, changed or undeclared label by name", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Labels = { "gifticon-event.host": "worker-1", rack: "b", kafka_server: "true" })),
    [
      "worker-1 has the label rack=b, not a -> up restores it",
      "worker-1 has the label kafka_server, which is not declared -> up restores it",
    ],
  );
  assert.deepEqual(
    found((node) => (node.Spec.Labels = {})),
    [
      "worker-1 lacks the label rack=a -> up restores it",
      "worker-1 lacks the label gifticon-event.host=worker-1 -> up restores it",
    ],
  );
});

test("finds a drained worker, and a manager that isn't drained", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Availability = "drain")),
    ["worker-1 is set to drain, not active -> up restores it"],
  );
  assert.deepEqual(
    found((_, swarm) => {
      for (const node of swarm.nodes) node.Spec.Availability = "active";
    }),
    ["manager is set to active, not drain -> up restores it"],
  );
});

test("finds a node with the wrong role, and a manager that the others can't reach", () => {
  assert.deepEqual(
    found((node) => (node.Spec.Role = "manager")),
    ["worker-1 is a manager of the Swarm, not a worker -> up restores it"],
  );
  const [finding] = found((_, swarm) => {
    const [manager] = swarm.nodes;
    assert.ok(manager);
    manager.ManagerStatus = { Reachability: "unreachable" };
  });
  assert.match(
    finding ?? "",
    /^manager is a manager that the others can't reach \(unreachable\): .* -> find what blocks/,
  );
});

const down = (node: Node) => (node.Status.State = "down");
const gone = (_: Node, swarm: SwarmObservation) => swarm.nodes.splice(1, 1);

test("an up joins a node that left or was removed, if its host answers", () => {
  const left = { ...healthyHost(), swarm: "inactive" };
  assert.deepEqual(found(down, left), ["worker-1 is down in the Swarm -> up joins it again"]);
  assert.deepEqual(found(gone, left), ["worker-1 is not in the Swarm -> up joins it again"]);
});

test("a node with a stopped engine needs a restart of the engine, which an up can't do", () => {
  assert.deepEqual(found(down, { ...healthyHost(), swarm: "" }), [
    "worker-1 is down in the Swarm -> on worker-1: sudo systemctl restart docker",
  ]);
});

test("a node of an unreachable host comes back with the host", () => {
  assert.deepEqual(found(down, { message: "Connection timed out", greets: false }), [
    "worker-1 is down in the Swarm -> recover worker-1",
  ]);
});

test("a host that only this machine can't reach doesn't count as stopped", () => {
  assert.deepEqual(found(down, { message: "too long for Unix domain socket", greets: true }), [
    "worker-1 is down in the Swarm -> up joins it again",
  ]);
});

test("a node that only the managers can't reach comes back with its connection", () => {
  assert.deepEqual(found(down), [
    "worker-1 is down in the Swarm -> find what blocks worker-1 from port 2377 of the managers; then it comes back by itself",
  ]);
});

test("finds an earlier node of a host, and a node of no declared host", () => {
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
