import assert from "node:assert/strict";
import { test } from "node:test";
import { updatesOf } from "./testing.ts";

/** Engine that does not answer one question, as when it is restarted during the script. */
const silentAt = (question: string) => `#!/usr/bin/env bash
case "$*" in
  *"${question}"*) echo "Cannot connect to the Docker daemon" >&2; exit 1 ;;
  *.Status.State*) echo ready ;;
  "node inspect"* | "info"*) echo n1 active worker-1 ;;
  "node ls"*) echo n1 ;;
esac
printf '%s\\n' "$*" >>"$UPDATES"
`;

const record = { KEY: "key", REPAIR: "none" };
const node = {
  ...record,
  ...{ HOST_NAME: "worker-1", NODE_ID: "n1", LABELS: [], ROLE: "worker", AVAILABILITY: "active" },
  ...{ JOIN_KEY: "", JOIN_REPAIR: "", HOST_PUBLIC_KEY: "", IMAGES_KEY: "", IMAGES_REPAIR: "" },
};
const retired = { ...record, HOST_NAME: "worker-1", HOST_PUBLIC_KEY: "", NODE_ID: "n1" };
const leaving = { SSH_ORIGINAL_COMMAND: "0123456789abcdefghijklmno" };

for (const [script, question, values] of [
  ["infra/scripts/member/leave.sh", ".Swarm.NodeID", {}],
  ["infra/scripts/manager/swarm-node.sh", "{{.ID}}", node],
  ["infra/scripts/manager/swarm-node.sh", ".Spec.Labels", node],
  ["infra/scripts/manager/pause-undeclared-nodes.sh", "node ls", { HOSTS: ["worker-1"] }],
  ["infra/scripts/manager/pause-undeclared-nodes.sh", "node inspect", { HOSTS: ["worker-1"] }],
  ["infra/scripts/manager/swarm-network.sh", "encrypted", { ...record, NETWORK: "event", ENCRYPTED: false }],
] as const) {
  test(`${script} fails when the engine does not answer (${question})`, async () => {
    await assert.rejects(
      updatesOf(script, values, silentAt(question), { environment: leaving }),
      /Cannot connect to the Docker daemon/,
    );
  });
}

for (const [script, values] of [
  ["infra/scripts/manager/swarm-node.sh", node],
  ["infra/scripts/manager/swarm-retire.sh", retired],
] as const) {
  test(`${script} fails when the engine's API answers with an error`, async () => {
    await assert.rejects(updatesOf(script, values, silentAt("nothing")), /jq: error/);
  });
}
