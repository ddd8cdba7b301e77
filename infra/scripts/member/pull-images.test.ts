import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { updatesOf } from "../testing.ts";

/** An engine with the images of the folder `images`; the one in the file `used` is used by a container. */
const docker = (host: string) => `#!/usr/bin/env bash
name() { tr /:@ ___ <<<"$1"; }
case "$1 $2" in
  "image inspect") test -e "${host}/images/$(name "$3")" ;;
  "image rm") [[ $3 != "$(cat "${host}/used" 2>/dev/null)" ]] && rm "${host}/images/$(name "$3")" && echo "rm $3" >>"$UPDATES" ;;
  "pull --quiet") mkdir -p "${host}/images" && touch "${host}/images/$(name "$3")" && echo "pull $3" >>"$UPDATES" ;;
esac
`;

let host: string;
before(async () => {
  host = await mkdtemp(join(tmpdir(), "images-"));
});
after(() => rm(host, { recursive: true }));
beforeEach(async () => {
  await rm(host, { recursive: true });
  host = await mkdtemp(join(tmpdir(), "images-"));
  await writeFile(join(host, "boot-result"), "done\n");
});

const deploy = (...images: string[]) =>
  updatesOf("infra/scripts/member/pull-images.sh", { STATE_DIR: host, IMAGES: images }, docker(host));
const api = (version: number) => `registry/api@sha256:${version}`;
const issuer = (version: number) => `registry/issuer@sha256:${version}`;

test("a host keeps the last three versions of each image, and pulls only what it hasn't", async () => {
  assert.deepEqual(await deploy(api(1), issuer(1)), [`pull ${api(1)}`, `pull ${issuer(1)}`]);
  assert.deepEqual(await deploy(api(2), issuer(1)), [`pull ${api(2)}`]);
  assert.deepEqual(await deploy(api(3), issuer(1)), [`pull ${api(3)}`]);
  assert.deepEqual(await deploy(api(4), issuer(2)), [`rm ${api(1)}`, `pull ${api(4)}`, `pull ${issuer(2)}`]);
});

test("a version that is deployed again counts as new", async () => {
  for (const version of [1, 2, 3]) await deploy(api(version));
  assert.deepEqual(await deploy(api(1), issuer(1)), [`pull ${issuer(1)}`]);
  assert.deepEqual(await deploy(api(4)), [`rm ${api(2)}`, `pull ${api(4)}`]);
});

test("an image that a container uses stays until it doesn't", async () => {
  for (const version of [1, 2, 3]) await deploy(api(version));
  await writeFile(join(host, "used"), api(1));
  assert.deepEqual(await deploy(api(4)), [`pull ${api(4)}`]);
  await rm(join(host, "used"));
  assert.deepEqual(await deploy(api(5)), [`rm ${api(2)}`, `rm ${api(1)}`, `pull ${api(5)}`]);
});
