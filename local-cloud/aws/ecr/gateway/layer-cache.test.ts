import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { LayerCache } from "./layer-cache.ts";

const mebibyte = 1024 ** 2;
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

describe("the layers of earlier pushes", () => {
  let folder: string;
  const cache = () => join(folder, "cache");
  const blobOf = (registry: string, letter: string) =>
    join(folder, registry, "docker/registry/v2/blobs/sha256", letter.repeat(2), letter.repeat(64), "data");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "layers-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A layer of so many MiB in a registry's storage, as a push leaves it; its contents begin with its letter. */
  async function push(registry: string, letter: string, size: number): Promise<void> {
    const blob = blobOf(registry, letter);
    await mkdir(dirname(blob), { recursive: true });
    await writeFile(blob, letter);
    await truncate(blob, size * mebibyte);
    await new LayerCache(cache(), join(folder, registry), 40 * mebibyte).keep(digest(letter));
  }

  it("are given to a repository of another registry, as if they had been pushed to it", async () => {
    await push("first", "a", 10);
    assert.equal(await new LayerCache(cache(), join(folder, "second")).give("team/app", digest("a")), true);
    assert.deepEqual(await readFile(blobOf("second", "a")), await readFile(blobOf("first", "a")));
    const link = join(folder, "second/docker/registry/v2/repositories/team/app/_layers/sha256", "a".repeat(64), "link");
    assert.equal(await readFile(link, "utf8"), digest("a"));
  });

  it("are not given when they are not there, or were too small to keep", async () => {
    await push("first", "a", 1);
    const second = new LayerCache(cache(), join(folder, "second"));
    for (const letter of ["a", "b"]) assert.equal(await second.give("app", digest(letter)), false);
    await assert.rejects(readFile(blobOf("second", "a")), { code: "ENOENT" });
  });

  it("make room for each other: what was used longest ago goes first", async () => {
    const names = async () => (await readdir(cache())).map((name) => name.at(-1)).sort();
    await push("first", "a", 15);
    await push("first", "b", 15);
    await new LayerCache(cache(), join(folder, "second")).give("app", digest("a"));
    await push("first", "c", 15);
    assert.deepEqual(await names(), ["a", "c"]);
  });
});
