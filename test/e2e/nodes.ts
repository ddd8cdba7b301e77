import assert from "node:assert/strict";
import { runOnHost } from "../../operate/local-hosts.ts";
import type { LocalStack } from "../../operate/local-stack.ts";
import type { Step } from "../support/story.ts";
import { swarmNodes, swarmServices } from "../support/swarm.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";

/** Makes every kind of manual change in the Swarm at once, because each up takes time. */
async function changeByHand(account: string, nodeOf: (name: string) => string): Promise<void> {
  await leave(account, "worker-2");
  const docker = (...command: string[]) => runOnHost(account, "manager", ["docker", ...command]);
  await docker("node", "update", "--label-rm", "kafka_server", nodeOf("kafka"));
  await docker("node", "update", "--availability", "drain", nodeOf("worker-1"));
  await docker("service", "scale", "--detach", "gifticon_main-api=1");
  await docker("service", "rm", "gifticon_gifticon-issuer");
}

/**
 * Makes a node leave the Swarm. An engine that has just started a task may need more than the 15 s
 * that it allows itself, and then fails. A second attempt succeeds.
 */
async function leave(account: string, name: string): Promise<void> {
  const docker = (...command: string[]) => runOnHost(account, name, ["docker", ...command]);
  await waitUntil(`${name} to have left the Swarm`, async () => {
    if ((await docker("info", "--format", "{{.Swarm.LocalNodeState}}")) === "inactive") return true;
    await docker("swarm", "leave");
    return true;
  });
}

/** Adds the steps on manual changes of the Swarm's nodes and services. */
export function nodeSteps(step: Step, stack: LocalStack): void {
  const { account } = stack;
  step("shows manual changes of the Swarm in a preview, and repairs them with one up", async () => {
    const [before, services] = [await swarmNodes(account, stack), await swarmServices(account)];
    await changeByHand(account, (name) => before.find((node) => node.name === name)?.id ?? "");
    await waitUntil("the manager to see that worker-2 has left", async () =>
      (await swarmNodes(account, stack)).some(({ name, state }) => name === "worker-2" && state === "down"),
    );
    const nodes = ["kafka-node", "worker-1-node", "worker-2-join", "worker-2-node", "worker-2-retire"];
    // Stacks are deployed again when a node comes back.
    const repaired = [...nodes, "gifticon-stack", "kafka-stack", "schema-stack"].sort();
    const previewed = await stack.preview();
    assert.deepEqual(previewed.map(({ op, name }) => `${op} ${name}`).sort(), [
      ...repaired.map((name) => `update ${name}`),
    ]);

    const { steps } = await stack.succeed("up");
    assert.deepEqual([...new Set(steps.map(({ name }) => name))].sort(), repaired);
    // A host that joins again has a new node id.
    const withoutIds = (nodes: typeof before) => nodes.map((node) => JSON.stringify({ ...node, id: "" })).sort();
    assert.deepEqual(withoutIds(await swarmNodes(account, stack)), withoutIds(before));
    assert.deepEqual(await swarmServices(account), services);
    assert.deepEqual((await stack.succeed("up", ["--expect-no-changes"])).steps, []);
  });
}
