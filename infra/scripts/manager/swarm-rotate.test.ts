import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/**
 * API of an engine whose Swarm is the file `swarm`. Each change is a line of the file `changes`.
 * The first change is refused when the file `outdated` exists.
 */
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
  /** Number in the setting. */
  rotation: number;
  /** Number in the Swarm's label. */
  last?: string;
  /** Makes a node that has no new certificate yet. */
  inProgress?: boolean;
  /** Makes something else change the Swarm at the same time. */
  outdated?: boolean;
}

/** Runs the script, and returns the changes that it makes and the texts that it prints. */
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
    // Makes two attempts instead of waiting.
    .replace(/^main <\/dev\/null$/m, 'wait_until() { "${@:3}" || "${@:3}"; }\n$&');
  const ended = await host
    .start(script, { FOLDER: host.folder })
    .catch((error: unknown) => error as { stdout: string; stderr: string });
  const changes = await readFile(join(host.folder, "changes"), "utf8");
  return {
    changes: changes.split("\n").filter((line) => line !== ""),
    authority: ended.stdout,
    stderr: ended.stderr,
    failed: ended instanceof Error,
  };
}

test("another number rotates the tokens and the authority, and is stored in the Swarm, in one change", async () => {
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

test("the number that the Swarm has stored, and the first one, rotate nothing", async () => {
  const first = await rotate({ rotation: 1 });
  const again = await rotate({ rotation: 2, last: "2" });
  assert.deepEqual([first.changes, again.changes], [[], []]);
  assert.deepEqual([first.failed, again.failed], [false, false]);
});

test("the result changes with the authority, and only then", async () => {
  const before = await rotate({ rotation: 1 });
  assert.match(before.authority, /^[0-9a-f]{12}$/);
  assert.equal((await rotate({ rotation: 2, last: "2" })).authority, before.authority);
  assert.notEqual((await rotate({ rotation: 2 })).authority, before.authority);
});

test("a rotation is tried again when something else changed the Swarm at the same time", async () => {
  const { changes, failed } = await rotate({ rotation: 2, outdated: true });
  assert.deepEqual([changes.length, failed], [2, false]);
});

test("the error names a node without a certificate, and the next run does not rotate again", async () => {
  const { changes, failed, stderr } = await rotate({ rotation: 2, last: "2", inProgress: true });
  assert.deepEqual({ changes, failed }, { changes: [], failed: true });
  assert.match(
    stderr,
    /error: These nodes have no new certificate: worker-1 \(down, node id-of-worker-1\)\. .*pulumi up again/,
  );
});

test("no token is printed, whatever happens", async () => {
  for (const situation of [{ rotation: 2 }, { rotation: 2, outdated: true }, { rotation: 2, inProgress: true }]) {
    const { authority, stderr } = await rotate(situation);
    assert.doesNotMatch(authority + stderr, /TOKEN/);
  }
});
