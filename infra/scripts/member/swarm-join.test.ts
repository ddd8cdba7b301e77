import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/**
 * Engine of a host that is node n2 of the Swarm s1 until it leaves, and node n3 after it has
 * joined.
 */
const ENGINE = {
  docker: `#!/usr/bin/env bash
node=$(cat "$FOLDER/node")
case "$*" in
  *LocalNodeState*)
    if [[ $node == none ]]; then echo inactive; elif [[ $node == n2 ]]; then cat "$FOLDER/state"; else echo active; fi
    ;;
  *.Swarm.Error*) echo "certificate has expired" ;;
  *.Swarm.NodeID*) echo "$node" ;;
  "swarm leave"*) echo none >"$FOLDER/node" ;;
esac
`,
  curl: `#!/usr/bin/env bash
cat >/dev/null
echo n3 >"$FOLDER/node"
`,
};

/** Returns the node of the host after the script has run. Before, it was n2 in this state. */
async function nodeAfter(REPAIR: string, state = "active"): Promise<string> {
  await using host = await ScratchHost.make(ENGINE);
  await writeFile(join(host.folder, "state"), `${state}\n`);
  await writeFile(join(host.folder, "node"), "n2\n");
  await writeFile(join(host.folder, "swarm-id"), "s1\n");
  const values = { SWARM_ID: "s1", MANAGER_IP: "10.0.0.4", PRIVATE_IP: "10.0.0.5", JOIN_TOKEN: "token", REPAIR };
  const script = renderScript("infra/scripts/member/swarm-join.sh", values)
    // Makes two attempts instead of waiting.
    .replace(/^main <\/dev\/null$/m, 'wait_until() { "${@:3}" || "${@:3}"; }\n$&');
  return await host.run(script, { FOLDER: host.folder });
}

test("a host that is in the Swarm stays the same node", async () => {
  assert.equal(await nodeAfter("none"), "n2");
});

test("a host whose node was removed from the Swarm joins again", async () => {
  assert.equal(await nodeAfter("gone-n2"), "n3");
});

test("a host that joined again in an interrupted run stays", async () => {
  assert.equal(await nodeAfter("gone-n1"), "n2");
});

test("a host whose node is in an error, as with an expired certificate, joins again", async () => {
  assert.equal(await nodeAfter("changed-1", "error"), "n3");
});

test("a host that does not become active, as with a certificate of a previous authority, joins again", async () => {
  assert.equal(await nodeAfter("none", "pending"), "n3");
});
