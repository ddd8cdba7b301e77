import assert from "node:assert/strict";
import { test } from "node:test";
import { statefulOf, stayingManagers } from "./consequences.ts";
import type { Change, Operation, Resource } from "./plan.ts";

const host = (name: string): Resource => ({
  ...{ urn: `urn:${name}`, type: "aws:ec2/instance:Instance", name, custom: true, outputs: {}, dependencies: [] },
  inputs: { tags: { Role: name.startsWith("manager") ? "manager" : "worker" } },
});

/** Returns the reported loss when the hosts `going` are replaced or deleted. */
function lossOf(names: string[], going: [string, ...string[]], operation: Operation): string | undefined {
  const before = names.map(host);
  const changes = going.map((name): Change => {
    const resource = host(name);
    return { operation, resource, before: resource, properties: [], refused: false, deletedFirst: false };
  });
  const [first] = changes;
  return first && statefulOf(first, stayingManagers({ before, changes }))?.loss;
}

test("the Swarm is lost with its only manager, and with all managers at once", () => {
  assert.match(lossOf(["manager", "worker-1"], ["manager"], "replace") ?? "", /^the Swarm is lost/);
  const three = ["manager", "manager-2", "manager-3"] as [string, ...string[]];
  assert.match(lossOf(three, three, "replace") ?? "", /^the Swarm is lost/);
});

test("the Swarm stays on the managers that stay", () => {
  const three = ["manager", "manager-2", "manager-3", "worker-1"];
  assert.match(lossOf(three, ["manager"], "replace") ?? "", /^the Swarm stays, on manager-2 and manager-3;/);
  assert.match(lossOf(three, ["manager-3", "manager-2"], "delete") ?? "", /^the Swarm stays, on manager;/);
});
