import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/** An engine's API whose Swarm is the file `swarm`. What a change asks for is written down, and becomes the Swarm's unless there is a file `outdated`. */
const CURL = `#!/usr/bin/env bash
case "$*" in
  *POST*/swarm/update*)
    if [[ -e $FOLDER/outdated ]]; then rm "$FOLDER/outdated"; echo '{"message": "update out of sequence"}'; exit; fi
    spec=$(cat)
    grep -o 'swarm/update?[^ ]*' <<<"$*" >>"$FOLDER/changes"
    jq -c . <<<"$spec" >>"$FOLDER/changes"
    jq --argjson spec "$spec" '.Spec = $spec | .TLSInfo.TrustRoot = "new"' "$FOLDER/swarm" >"$FOLDER/swarm.new"
    mv "$FOLDER/swarm.new" "$FOLDER/swarm"
    ;;
  */swarm) cat "$FOLDER/swarm" ;;
  */nodes) cat "$FOLDER/nodes" ;;
esac
`;

const node = (name: string, state: string, issuer: string) => ({
  ...{ ID: `id-of-${name}`, Status: { State: state }, Spec: { Labels: { "gifticon-event.host": name } } },
  Description: { Hostname: "host", TLSInfo: { CertIssuerPublicKey: issuer } },
});
const NODES = [node("manager", "ready", "NEW"), node("worker-1", "down", "OLD"), node("worker-2", "ready", "NEW")];

interface Situation {
  /** The number that the setting has. */
  rotation: number;
  /** The one that the Swarm remembers. */
  last?: string;
  /** A node has no new certificate yet. */
  inProgress?: boolean;
  /** Something else changes the Swarm in between. */
  outdated?: boolean;
}

/** What the script changes, prints and tells. */
async function rotate({ rotation, last, inProgress = false, outdated = false }: Situation) {
  await using host = await ScratchHost.make({ curl: CURL });
  const put = (file: string, value: unknown) => writeFile(join(host.folder, file), JSON.stringify(value));
  await put("swarm", {
    ...{ ID: "s1", Version: { Index: 7 }, RootRotationInProgress: inProgress, JoinTokens: { Worker: "TOKEN" } },
    Spec: {
      Name: "default",
      Labels: last === undefined ? {} : { "gifticon-event.rotation": last },
      CAConfig: { NodeCertExpiry: 1 },
    },
    TLSInfo: { TrustRoot: "old", CertIssuerPublicKey: "NEW" },
  });
  await put("nodes", NODES);
  if (outdated) await put("outdated", "");
  await writeFile(join(host.folder, "changes"), "");
  const script = renderScript("infra/scripts/manager/swarm-rotate.sh", { ROTATION: rotation })
    // Two attempts tell.
    .replace(/^main <\/dev\/null$/m, 'wait_until() { "${@:3}" || "${@:3}"; }\n$&');
  const ended = await host
    .start(script, { FOLDER: host.folder })
    .catch((error: unknown) => error as { stdout: string; stderr: string });
  const changes = await readFile(join(host.folder, "changes"), "utf8");
  return {
    changes: changes.split("\n").filter((line) => line !== ""),
    authority: ended.stdout,
    told: ended.stderr,
    failed: ended instanceof Error,
  };
}

test("another number rotates the tokens and the authority in one change, which the Swarm remembers it by", async () => {
  const { changes, failed } = await rotate({ rotation: 2 });
  assert.deepEqual(
    { changes, failed },
    {
      changes: [
        "swarm/update?version=7&rotateWorkerToken=true&rotateManagerToken=true",
        '{"Name":"default","Labels":{"gifticon-event.rotation":"2"},"CAConfig":{"NodeCertExpiry":1,"ForceRotate":1}}',
      ],
      failed: false,
    },
  );
});

test("a number that the Swarm remembers, or the first, rotates nothing", async () => {
  const first = await rotate({ rotation: 1 });
  const again = await rotate({ rotation: 2, last: "2" });
  assert.deepEqual([first.changes, again.changes], [[], []]);
  assert.deepEqual([first.failed, again.failed], [false, false]);
});

test("the result is another one when the authority is, and only then", async () => {
  const before = await rotate({ rotation: 1 });
  assert.match(before.authority, /^[0-9a-f]{12}$/);
  assert.equal((await rotate({ rotation: 2, last: "2" })).authority, before.authority);
  assert.notEqual((await rotate({ rotation: 2 })).authority, before.authority);
});

test("a change of the Swarm in between is no end of the rotation", async () => {
  const { changes, failed } = await rotate({ rotation: 2, outdated: true });
  assert.deepEqual([changes.length, failed], [2, false]);
});

test("a node that gets no certificate is named, and an interrupted rotation goes on without another", async () => {
  const { changes, failed, told } = await rotate({ rotation: 2, last: "2", inProgress: true });
  assert.deepEqual({ changes, failed }, { changes: [], failed: true });
  assert.match(
    told,
    /error: These nodes have no new certificate: worker-1 \(down, node id-of-worker-1\)\. .*pulumi up again/,
  );
});

test("no token is told, whatever happens", async () => {
  for (const situation of [{ rotation: 2 }, { rotation: 2, outdated: true }, { rotation: 2, inProgress: true }]) {
    const { authority, told } = await rotate(situation);
    assert.doesNotMatch(authority + told, /TOKEN/);
  }
});
