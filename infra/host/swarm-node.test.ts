import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PUT_LIBRARY } from "../repairs.ts";
import { renderScript } from "../script.ts";
import { ScratchHost, updatesOf } from "./testing.ts";

/** Answers as the manager's engine would with one ready node, and writes down how it is updated. */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  *.Status.State*) echo ready ;;
  *.ID*) echo node1 ;;
  *.Spec.Labels*) echo "gifticon-event.host kafka_server rack " ;;
  "node update"*) printf '%s\\n' "$*" >>"$UPDATES" ;;
esac
`;

const NODES = [{ ID: "node1", Spec: { Labels: {} }, Status: { State: "ready", Addr: "10.0.0.5" } }];

/** The updates of the node when its labels are applied; before, it has gifticon-event.host, kafka_server and rack. */
function updatesFor(values: { NODE_ID: string; LABELS: string[]; AVAILABILITY: string }): Promise<string[]> {
  const others = {
    HOST_NAME: "kafka",
    HOST_PUBLIC_KEY: "",
    KEY: "node",
    REPAIR: "none",
    JOIN_KEY: "",
    JOIN_REPAIR: "",
  };
  return updatesOf("infra/host/swarm-node.sh", { ...others, ...values }, DOCKER, {
    libraries: [PUT_LIBRARY],
    answers: { "/nodes": NODES },
  });
}

test("labels change in one update that never takes a declared one away", async () => {
  const updates = await updatesFor({
    NODE_ID: "node1",
    LABELS: ["kafka_server=true", "disk=ssd"],
    AVAILABILITY: "active",
  });
  assert.deepEqual(updates, [
    "node update --availability active --label-add gifticon-event.host=kafka --label-add kafka_server=true " +
      "--label-add disk=ssd --label-rm rack node1",
  ]);
});

test("the manager's own node keeps its labels by the same script, and stays without tasks", async () => {
  const updates = await updatesFor({ NODE_ID: "self", LABELS: [], AVAILABILITY: "drain" });
  assert.deepEqual(updates, [
    "node update --availability drain --label-add gifticon-event.host=kafka --label-rm kafka_server --label-rm rack node1",
  ]);
});

/** Answers for two nodes of hosts that are gone. What is asked of the first takes until there is a file `go`. */
const TWO_NODES = `#!/usr/bin/env bash
case "$*" in
  *.Status.State*) echo down ;;
  "node update"* | "node rm"*)
    printf '%s\\n' "$2 \${*: -1}" >>"$FOLDER/steps"
    for ((i = 0; i < 600; i++)); do if [[ $* != *n1 || -e $FOLDER/go ]]; then exit; fi; sleep 0.05; done
    exit 1
    ;;
esac
`;

test("nodes that go at the same time are drained one after the other", async () => {
  await using host = await ScratchHost.make({ docker: TWO_NODES });
  const environment = { FOLDER: host.folder, ANSWERS: JSON.stringify({ "/tasks": [], "/services": [] }) };
  const remove = (NODE_ID: string) => {
    const values = { HOST_NAME: NODE_ID, NODE_ID, KEY: `${NODE_ID}-node`, JOIN_KEY: `${NODE_ID}-join` };
    return host.start(renderScript("infra/host/swarm-node.sh", values, [PUT_LIBRARY]), environment, "remove");
  };
  const said = (script: ReturnType<typeof remove>, line: RegExp) =>
    new Promise<void>((resolve, reject) => {
      let text = "";
      script.stderr.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (line.test(text)) resolve();
      });
      script.stderr.on("end", () => {
        reject(new Error(`never said ${line.source}, but: ${text}`));
      });
    });
  const first = remove("n1");
  await said(first, /draining node n1/);
  const second = remove("n2");
  await said(second, /waiting until another node has moved its tasks/);
  await writeFile(join(host.folder, "go"), "");
  await Promise.all([first, second]);
  const steps = (await readFile(join(host.folder, "steps"), "utf8")).trim().split("\n");
  assert.deepEqual(steps, ["update n1", "rm n1", "update n2", "rm n2"]);
});
