import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { LayerCache } from "./layer-cache.ts";

const mebibyte = 1024 ** 2;
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

describe("the cache of layers", () => {
  let folder: string;
  const cache = () => join(folder, "cache");
  const blobOf = (registry: string, letter: string) =>
    join(folder, registry, "docker/registry/v2/blobs/sha256", letter.repeat(2), letter.repeat(64), "data");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "layers-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /**
   * Writes a layer of `size` MiB to a registry's storage, as a push does, and adds it to the cache.
   * The content begins with the letter.
   */
  async function push(registry: string, letter: string, size: number): Promise<void> {
    const blob = blobOf(registry, letter);
    await mkdir(dirname(blob), { recursive: true });
    await writeFile(blob, letter);
    await truncate(blob, size * mebibyte);
    await new LayerCache(cache(), join(folder, registry), 40 * mebibyte).add(digest(letter));
  }

  it("provides a layer to a repository of another registry, as a push does", async () => {
    await push("first", "a", 10);
    assert.equal(await new LayerCache(cache(), join(folder, "second")).provide("team/app", digest("a")), true);
    assert.deepEqual(await readFile(blobOf("second", "a")), await readFile(blobOf("first", "a")));
    const link = join(folder, "second/docker/registry/v2/repositories/team/app/_layers/sha256", "a".repeat(64), "link");
    assert.equal(await readFile(link, "utf8"), digest("a"));
  });

  it("does not provide a layer that is unknown or was too small", async () => {
    await push("first", "a", 1);
    const second = new LayerCache(cache(), join(folder, "second"));
    for (const letter of ["a", "b"]) assert.equal(await second.provide("app", digest(letter)), false);
    await assert.rejects(readFile(blobOf("second", "a")), { code: "ENOENT" });
  });

  it("removes the least recently used layers first", async () => {
    const names = async () => (await readdir(cache())).map((name) => name.at(-1)).sort();
    await push("first", "a", 15);
    await push("first", "b", 15);
    await new LayerCache(cache(), join(folder, "second")).provide("app", digest("a"));
    await push("first", "c", 15);
    assert.deepEqual(await names(), ["a", "c"]);
  });
});
