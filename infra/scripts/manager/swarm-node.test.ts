import assert from "node:assert/strict";
import { test } from "node:test";
import { refusingOnce, updatesOf } from "../testing.ts";

/** Engine of a manager with one ready node. Each update is a line of the file `$UPDATES`. */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  *.Status.State*) echo ready ;;
  *.ID*) echo node1 ;;
  *.Spec.Labels*) echo "gifticon-event.host kafka_server rack " ;;
  "node update"*) printf '%s\\n' "$*" >>"$UPDATES" ;;
esac
`;

const NODES = [{ ID: "node1", Spec: { Labels: {} }, Status: { State: "ready", Addr: "10.0.0.5" } }];

/**
 * Returns the updates of the node when its labels are applied. Before, it has gifticon-event.host,
 * kafka_server and rack.
 */
function updatesFor(
  values: { NODE_ID: string; LABELS: string[]; AVAILABILITY: string },
  nodes: object[] = NODES,
  docker = DOCKER,
): Promise<string[]> {
  const others = {
    ROLE: values.NODE_ID === "self" ? "manager" : "worker",
    HOST_NAME: "kafka",
    KEY: "node",
    REPAIR: "none",
    JOIN_KEY: "",
    JOIN_REPAIR: "",
    ...{ HOST_PUBLIC_KEY: "", IMAGES_KEY: "", IMAGES_REPAIR: "" },
  };
  return updatesOf("infra/scripts/manager/swarm-node.sh", { ...others, ...values }, docker, {
    answers: { "/nodes": nodes },
  });
}

test("labels change in one update that never removes a declared one", async () => {
  const updates = await updatesFor({
    NODE_ID: "node1",
    LABELS: ["kafka_server=true", "disk=ssd"],
    AVAILABILITY: "active",
  });
  assert.deepEqual(updates, [
    "node update --role worker --availability active --label-add gifticon-event.host=kafka --label-add kafka_server=true " +
      "--label-add disk=ssd --label-rm rack node1",
  ]);
});

test("the manager's own node keeps its labels by the same script, and stays without tasks", async () => {
  const updates = await updatesFor({ NODE_ID: "self", LABELS: [], AVAILABILITY: "drain" });
  assert.deepEqual(updates, [
    "node update --role manager --availability drain --label-add gifticon-event.host=kafka --label-rm kafka_server --label-rm rack node1",
  ]);
});

test("the host's previous node gets no new tasks after the new node does, and keeps its own", async () => {
  const earlier = { ID: "node0", Spec: { Labels: {} }, Status: { State: "down", Addr: "10.0.0.5" } };
  const updates = await updatesFor(
    { NODE_ID: "node1", LABELS: ["kafka_server=true", "rack=1"], AVAILABILITY: "active" },
    [...NODES, earlier],
  );
  assert.deepEqual(updates.slice(1), ["node update --availability pause node0"]);
});

test("a node that the Swarm changed at the same time is updated again; any other refusal ends the script with the engine's message", async () => {
  const refusing = (words: string) => refusingOnce(DOCKER, words);
  const values = { NODE_ID: "node1", LABELS: ["rack=1"], AVAILABILITY: "active" };
  const [update, ...more] = await updatesFor(values, NODES, refusing("update out of sequence"));
  assert.match(update ?? "", /^node update --role worker/);
  assert.deepEqual(more, []);
  await assert.rejects(updatesFor(values, NODES, refusing("the node is unknown")), /error: .*the node is unknown/);
});
