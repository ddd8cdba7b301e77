import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/** An engine that has only the image PRESENT, and a registry that lacks the image REFUSED. */
const DOCKER = `#!/usr/bin/env bash
image=\${*: -1}
case "$1 $2" in
  "image inspect") [[ $image == "$PRESENT" ]] || { echo "Error response from daemon: No such image: $image" >&2; exit 1; } ;;
  "pull --quiet") [[ $image != "$REFUSED" ]] && echo "$image" >>"$FOLDER/pulled" ;;
esac
`;

const script = renderScript("infra/scripts/member/restore-images.sh", {});

/** Runs the script on a host with a list of images, and returns what it pulled. */
async function restore(wanted: string[] | undefined, refused = ""): Promise<string> {
  await using host = await ScratchHost.make({ docker: DOCKER });
  await writeFile(join(host.folder, "pulled"), "");
  if (wanted) await writeFile(join(host.folder, "wanted-images"), wanted.map((image) => `${image}\n`).join(""));
  await host.run(script, { FOLDER: host.folder, PRESENT: "api@1", REFUSED: refused });
  return await readFile(join(host.folder, "pulled"), "utf8");
}

test("a host pulls each image that it lost, and no other", async () => {
  assert.equal(await restore(["api@1", "issuer@1", "issuer@2"]), "issuer@1\nissuer@2\n");
  assert.equal(await restore(["api@1"]), "");
});

test("a host without a list of images, such as a manager, pulls none", async () => {
  assert.equal(await restore(undefined), "");
});

test("a pull that fails is the unit's failure", async () => {
  await assert.rejects(restore(["issuer@1"], "issuer@1"), /exit code 1/);
});
