import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/**
 * Engine of a host that is node n2 of the Swarm s1 until it leaves, and node n3 after it has
 * joined. Each change is a line of the file `changes`.
 */
const ENGINE = {
  docker: `#!/usr/bin/env bash
node=$(cat "$FOLDER/node")
case "$*" in
  *LocalNodeState*)
    if [[ $node == n2 ]]; then cat "$FOLDER/state"; elif [[ $node == n3 ]]; then echo active; else echo inactive; fi
    ;;
  *.Swarm.Error*) echo "certificate has expired" ;;
  *.Swarm.NodeID*) echo "$node" ;;
  "swarm leave"*) echo none >"$FOLDER/node"; echo leave >>"$FOLDER/changes" ;;
esac
`,
  curl: `#!/usr/bin/env bash
cat >/dev/null
echo join >>"$FOLDER/changes"
echo n3 >"$FOLDER/node"
`,
  systemctl: `#!/usr/bin/env bash
echo "$*" >>"$FOLDER/changes"
`,
  ip: `#!/usr/bin/env bash
case "$*" in
  *"show type vxlan") echo '34: vx-001001-yehos: <BROADCAST,MULTICAST> mtu 1450 qdisc noop state DOWN mode DEFAULT' ;;
  *) echo "$*" >>"$FOLDER/changes" ;;
esac
`,
};
const STAYS: string[] = [];
const JOINS_AGAIN = ["leave", "restart docker", "link delete vx-001001-yehos", "join"];

interface Before {
  REPAIR?: string;
  /** State of the node in the Swarm. */
  state?: string;
  /** Id of the Swarm that the host joined. */
  swarm?: string;
  curl?: string;
}

/** Returns the node of the host after the script has run, and the changes that it made. */
async function joinFrom({ REPAIR = "none", state = "active", swarm = "s1", curl = ENGINE.curl }: Before) {
  await using host = await ScratchHost.make({ ...ENGINE, curl });
  const put = (file: string, text: string) => writeFile(join(host.folder, file), text);
  await put("state", `${state}\n`);
  await put("node", "n2\n");
  await put("swarm-id", `${swarm}\n`);
  await put("changes", "");
  const values = { SWARM_ID: "s1", MANAGER_IP: "10.0.0.4", PRIVATE_IP: "10.0.0.5", JOIN_TOKEN: "token", REPAIR };
  const script = renderScript("infra/scripts/member/swarm-join.sh", values)
    // Makes two attempts instead of waiting.
    .replace(/^main <\/dev\/null$/m, 'wait_until() { "${@:3}" || "${@:3}"; }\n$&');
  const node = await host.run(script, { FOLDER: host.folder });
  const changes = (await readFile(join(host.folder, "changes"), "utf8")).split("\n").filter((line) => line !== "");
  return { node, changes };
}

test("a host that is in the Swarm stays the same node", async () => {
  assert.deepEqual(await joinFrom({}), { node: "n2", changes: STAYS });
});

test("a host that joined again in an interrupted run stays", async () => {
  assert.deepEqual(await joinFrom({ REPAIR: "gone-n1" }), { node: "n2", changes: STAYS });
});

const rejoining: Record<string, Before> = {
  "a host of another Swarm": { swarm: "s0" },
  "a host whose node was removed from the Swarm": { REPAIR: "gone-n2" },
  "a host whose node is in an error, as with an expired certificate": { REPAIR: "changed-1", state: "error" },
  "a host that does not become active, as with a certificate of a previous authority": { state: "pending" },
};
for (const [host, before] of Object.entries(rejoining)) {
  test(`${host} leaves, restarts its engine, and joins`, async () => {
    assert.deepEqual(await joinFrom(before), { node: "n3", changes: JOINS_AGAIN });
  });
}

test("an engine that timed out while it joined restarts before the next attempt", async () => {
  const curl = `#!/usr/bin/env bash
cat >/dev/null
echo join >>"$FOLDER/changes"
if [[ $(cat "$FOLDER/changes") == *join*join ]]; then echo n3 >"$FOLDER/node"; exit; fi
echo pending >"$FOLDER/state"
echo n2 >"$FOLDER/node"
echo '{"message": "Timeout was reached before node joined."}'
`;
  const { node, changes } = await joinFrom({ swarm: "s0", curl });
  assert.deepEqual({ node, changes }, { node: "n3", changes: [...JOINS_AGAIN, ...JOINS_AGAIN] });
});
