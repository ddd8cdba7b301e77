import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/**
 * An engine with the images of the folder `images`; the one in the file `used` is used by a
 * container.
 */
const DOCKER = `#!/usr/bin/env bash
name() { tr /:@ ___ <<<"$1"; }
case "$1 $2" in
  "image inspect") test -e "$FOLDER/images/$(name "$3")" ;;
  "image rm") [[ $3 != "$(cat "$FOLDER/used" 2>/dev/null)" ]] && rm "$FOLDER/images/$(name "$3")" && echo "rm $3" >>"$FOLDER/updates" ;;
  "pull --quiet") mkdir -p "$FOLDER/images" && touch "$FOLDER/images/$(name "$3")" && echo "pull $3" >>"$FOLDER/updates" ;;
esac
`;

let host: ScratchHost;
beforeEach(async () => {
  host = await ScratchHost.make({ docker: DOCKER });
});
afterEach(() => host[Symbol.asyncDispose]());

/** Deploys images to the host, and returns what its engine pulled and removed for that. */
async function deploy(...images: string[]): Promise<string[]> {
  const updates = join(host.folder, "updates");
  await writeFile(updates, "");
  await host.run(renderScript("infra/scripts/member/pull-images.sh", { IMAGES: images }), { FOLDER: host.folder });
  return (await readFile(updates, "utf8")).trim().split("\n");
}
const api = (version: number) => `registry/api@sha256:${version}`;
const issuer = (version: number) => `registry/issuer@sha256:${version}`;

test("a host keeps the last three versions of each image, and pulls only missing ones", async () => {
  assert.deepEqual(await deploy(api(1), issuer(1)), [`pull ${api(1)}`, `pull ${issuer(1)}`]);
  assert.deepEqual(await deploy(api(2), issuer(1)), [`pull ${api(2)}`]);
  assert.deepEqual(await deploy(api(3), issuer(1)), [`pull ${api(3)}`]);
  assert.deepEqual(await deploy(api(4), issuer(2)), [`rm ${api(1)}`, `pull ${api(4)}`, `pull ${issuer(2)}`]);
});

test("a version that is deployed again counts as the newest", async () => {
  for (const version of [1, 2, 3]) await deploy(api(version));
  assert.deepEqual(await deploy(api(1), issuer(1)), [`pull ${issuer(1)}`]);
  assert.deepEqual(await deploy(api(4)), [`rm ${api(2)}`, `pull ${api(4)}`]);
});

test("an image stays as long as a container uses it", async () => {
  for (const version of [1, 2, 3]) await deploy(api(version));
  await writeFile(join(host.folder, "used"), api(1));
  assert.deepEqual(await deploy(api(4)), [`pull ${api(4)}`]);
  await rm(join(host.folder, "used"));
  assert.deepEqual(await deploy(api(5)), [`rm ${api(2)}`, `rm ${api(1)}`, `pull ${api(5)}`]);
});
