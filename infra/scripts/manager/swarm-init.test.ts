import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/**
 * Engine that manages a Swarm when the file `swarm` exists, and is a worker of another one when the
 * file `serves` exists. It has a leader unless the file `leaderless` exists. Each change is a line
 * of the file `changes`.
 */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  *ControlAvailable*) if [[ -e $FOLDER/swarm ]]; then echo true; else echo false; fi ;;
  *LocalNodeState*) if [[ -e $FOLDER/swarm || -e $FOLDER/serves ]]; then echo active; else echo inactive; fi ;;
  *Cluster.ID*) cat "$FOLDER/swarm" ;;
  "swarm init --force-new-cluster"*) rm "$FOLDER/leaderless"; echo "begin alone" >>"$FOLDER/changes" ;;
  "swarm leave"*) rm "$FOLDER/serves"; echo leave >>"$FOLDER/changes" ;;
  "swarm init"*) echo new >"$FOLDER/swarm"; echo create >>"$FOLDER/changes" ;;
esac
`;
const SYSTEMCTL = `#!/usr/bin/env bash
echo "$*" >>"$FOLDER/changes"
`;
const CURL = `#!/usr/bin/env bash
case "$*" in
  *POST*/swarm/join*) echo "join by $(jq -r '"\\(.RemoteAddrs[0]) \\(.JoinToken)"')" >>"$FOLDER/changes"; echo theirs >"$FOLDER/swarm" ;;
  */info) if [[ -e $FOLDER/leaderless ]]; then error="no leader"; fi; jq -n --arg error "\${error:-}" '{Swarm: {ControlAvailable: true, Error: $error}}' ;;
  */swarm) echo '{"ID": "s1"}' ;;
esac
`;
/**
 * SSH to the other managers. One answers `admit` with the file named by its address, if that
 * exists.
 */
const SSH = `#!/usr/bin/env bash
for word in "$@"; do if [[ $word == root@* ]]; then address=\${word#root@}; fi; done
[[ \${*: -1} == admit ]] && cat "$FOLDER/$address"
`;

interface Situation {
  /** Id of the Swarm that this host manages. */
  swarm?: string;
  /** True when this host is a worker of another Swarm. */
  serves?: boolean;
  leaderless?: boolean;
  /** Host ids of the managers that had the last quorum. */
  agreed?: string[];
  /** Answers of the other managers, by address. */
  others?: Record<string, string>;
}

/**
 * Runs the script on the host i-1, beside the declared managers manager-2 (host i-2) and manager-3
 * (host i-3). Returns the changes that it makes and the texts that it prints.
 */
async function initialise({ swarm, serves, leaderless, agreed, others = {} }: Situation) {
  await using host = await ScratchHost.make({ docker: DOCKER, curl: CURL, ssh: SSH, systemctl: SYSTEMCTL });
  const put = (file: string, text: string) => writeFile(join(host.folder, file), text);
  if (swarm !== undefined) await put("swarm", swarm);
  if (serves === true) await put("serves", "");
  if (leaderless === true) await put("leaderless", "");
  if (agreed !== undefined) await put("managers", agreed.map((id) => `${id}\n`).join(""));
  for (const [address, answer] of Object.entries(others)) await put(address, answer);
  await put("changes", "");
  const values = {
    ...{ KEY: "swarm-init", REPAIR: "none", PRIVATE_IP: "10.0.0.4", OVERLAY_CIDR: "172.28.0.0/16" },
    MANAGERS: ["i-1", "i-2", "i-3"],
    OTHERS: ["manager-2 10.0.1.5 ssh-ed25519 A", "manager-3 10.0.0.6 ssh-ed25519 B"],
  };
  const script = renderScript("infra/scripts/manager/swarm-init.sh", values)
    // Makes a single attempt instead of waiting.
    .replace(/^main <\/dev\/null$/m, 'wait_until() { "${@:3}"; }\n$&');
  const ended = await host
    .start(script, { FOLDER: host.folder })
    .catch((error: unknown) => error as { stderr: string });
  const read = async (file: string) => (await readFile(join(host.folder, file), "utf8")).trim().split("\n");
  return {
    changes: (await read("changes")).filter((line) => line !== ""),
    id: "stdout" in ended ? ended.stdout : undefined,
    stderr: ended.stderr,
    failed: ended instanceof Error,
    agreed: await read("managers").catch(() => []),
  };
}

test("the first manager creates a Swarm when all others say that they have none", async () => {
  const { changes, id, agreed } = await initialise({ others: { "10.0.1.5": "none", "10.0.0.6": "none" } });
  assert.deepEqual({ changes, id, agreed }, { changes: ["create"], id: "new", agreed: ["i-1", "i-2", "i-3"] });
});

test("a host that serves another Swarm leaves it and restarts its engine before it creates one", async () => {
  const { changes, id } = await initialise({ serves: true, others: { "10.0.1.5": "none", "10.0.0.6": "none" } });
  assert.deepEqual({ changes, id }, { changes: ["leave", "restart docker", "create"], id: "new" });
});

test("a new first manager joins the Swarm of another manager, whatever the rest answer", async () => {
  const joined = { changes: ["join by 10.0.0.6:2377 TOKEN"], id: "theirs" };
  const silent: Record<string, string> = {};
  for (const second of [silent, { "10.0.1.5": "none" }]) {
    const others = { ...second, "10.0.0.6": "TOKEN" };
    const { changes, id } = await initialise({ others });
    assert.deepEqual({ changes, id }, joined);
  }
});

test("no Swarm is created while another manager may have one", async () => {
  const { changes, failed, stderr } = await initialise({ others: { "10.0.1.5": "none" } });
  assert.deepEqual({ changes, failed }, { changes: [], failed: true });
  assert.match(
    stderr,
    /manager-3 does not answer\.\n(.*\n)*error: Not every other manager said whether it has a Swarm/,
  );
});

test("managers with a quorum are left alone", async () => {
  const { changes, id } = await initialise({ swarm: "old" });
  assert.deepEqual({ changes, id }, { changes: [], id: "old" });
});

test("without a quorum, the script waits for managers whose hosts may come back, and restores nothing", async () => {
  for (const agreed of [["i-1", "i-2", "i-3"], ["i-1", "i-2", "i-gone"], undefined]) {
    const { changes, failed, stderr } = await initialise({ swarm: "old", leaderless: true, ...(agreed && { agreed }) });
    assert.deepEqual({ changes, failed }, { changes: [], failed: true });
    assert.match(stderr, /error: The Swarm has no quorum, .* Start the managers' hosts that are off/);
  }
});

test("the last of three managers restores the same Swarm when the hosts of the others were replaced", async () => {
  const agreed = ["i-1", "i-gone", "i-lost"];
  const after = await initialise({ swarm: "old", leaderless: true, agreed });
  assert.deepEqual({ changes: after.changes, id: after.id }, { changes: ["begin alone"], id: "old" });
  assert.deepEqual(after.agreed, ["i-1", "i-2", "i-3"]);
});
