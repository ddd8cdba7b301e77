import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

const DOCKER = `#!/usr/bin/env bash
case "$*" in
  *Cluster.ID*) echo s1 ;;
  "swarm join-token --quiet worker") jq -r '."/swarm".JoinTokens.Worker' <<<"$ANSWERS" ;;
esac
`;

/** Reads the token of workers: what the script prints, and what it remembers. */
async function read(token: string, rotating = false) {
  await using host = await ScratchHost.make({ docker: DOCKER });
  const values = { SWARM_ID: "s1", ROLE: "worker", KEY: "swarm-token", REPAIR: "none" };
  const script = renderScript("infra/scripts/manager/swarm-token.sh", values)
    // Two attempts tell.
    .replace(/^main <\/dev\/null$/m, 'wait_until() { "${@:3}" || "${@:3}"; }\n$&');
  const answers = { "/swarm": { JoinTokens: { Worker: token }, RootRotationInProgress: rotating } };
  const printed = await host.run(script, { ANSWERS: JSON.stringify(answers) });
  return { printed, remembered: await readFile(join(host.folder, "put/swarm-token"), "utf8") };
}

test("a token is printed and remembered by a digest, also while a rotation waits for a host that is off", async () => {
  const { printed, remembered } = await read("SWMTKN-1-a");
  assert.equal(printed, "SWMTKN-1-a");
  assert.match(remembered, /^none token Worker [0-9a-f]{12}\n$/);
  assert.deepEqual(await read("SWMTKN-1-a", true), { printed, remembered });
  assert.notEqual((await read("SWMTKN-1-b")).remembered, remembered);
});
