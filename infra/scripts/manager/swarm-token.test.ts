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

/** Runs the script for the token of workers. Returns its output and its record. */
async function read(token: string, rotating = false) {
  await using host = await ScratchHost.make({ docker: DOCKER });
  const values = { SWARM_ID: "s1", ROLE: "worker", KEY: "swarm-token", REPAIR: "none" };
  const script = renderScript("infra/scripts/manager/swarm-token.sh", values)
    // Makes two attempts instead of waiting.
    .replace(/^main <\/dev\/null$/m, 'wait_until() { "${@:3}" || "${@:3}"; }\n$&');
  const answers = { "/swarm": { JoinTokens: { Worker: token }, RootRotationInProgress: rotating } };
  const printed = await host.run(script, { ANSWERS: JSON.stringify(answers) });
  return { printed, record: await readFile(join(host.folder, "put/swarm-token"), "utf8") };
}

test("a token is printed, and recorded as a digest, even while a rotation waits for a host that is off", async () => {
  const { printed, record } = await read("SWMTKN-1-a");
  assert.equal(printed, "SWMTKN-1-a");
  assert.match(record, /^none token Worker [0-9a-f]{12}\n$/);
  assert.deepEqual(await read("SWMTKN-1-a", true), { printed, record });
  assert.notEqual((await read("SWMTKN-1-b")).record, record);
});
