import { constants } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Minimum size of a cached layer in bytes. To compress and send a smaller one again costs little.
 */
const MINIMUM_SIZE = 8 * 1024 ** 2;

/**
 * A cache of large layers from earlier pushes. Each environment begins with an empty registry, and
 * a Docker engine spends most of a push on compressing the layers of base images again. The cache
 * reads and writes the files of the plain registry's storage.
 */
export class LayerCache {
  readonly #folder: string;
  readonly #storage: string;
  readonly #limit: number;

  /**
   * @param folder the cache's folder. Registries share it, so its files appear only when complete.
   * @param storage the registry's root directory.
   * @param limit maximum size in bytes. The least recently used layers are removed first.
   */
  constructor(folder: string, storage: string, limit = 2 * 1024 ** 3) {
    this.#folder = folder;
    this.#storage = storage;
    this.#limit = limit;
  }

  /** Adds a layer of the registry to the cache, unless it is small. */
  async add(digest: string): Promise<void> {
    const { size } = await stat(this.#blobPath(digest));
    if (size < MINIMUM_SIZE) return;
    await copyWhole(this.#blobPath(digest), this.#cachePath(digest));
    await this.#prune();
  }

  /** Adds a cached layer to a repository. Returns false when the cache does not have it. */
  async provide(repository: string, digest: string): Promise<boolean> {
    try {
      const now = new Date();
      await utimes(this.#cachePath(digest), now, now);
      await copyWhole(this.#cachePath(digest), this.#blobPath(digest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    }
    const layer = join(
      this.#storage,
      "docker/registry/v2/repositories",
      repository,
      "_layers",
      digest.replace(":", "/"),
    );
    await mkdir(layer, { recursive: true });
    await writeFile(join(layer, "link"), digest);
    return true;
  }

  async #prune(): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.#folder)).map(async (name) => {
        const { size, mtimeMs } = await stat(join(this.#folder, name));
        return { name, size, mtimeMs };
      }),
    );
    let total = 0;
    for (const { name, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      total += size;
      if (total > this.#limit) await rm(join(this.#folder, name), { force: true });
    }
  }

  #cachePath(digest: string): string {
    return join(this.#folder, digest.replace(":", "-"));
  }

  #blobPath(digest: string): string {
    const [algorithm = "", hex = ""] = digest.split(":");
    return join(this.#storage, "docker/registry/v2/blobs", algorithm, hex.slice(0, 2), hex, "data");
  }
}

/** Copies a file, unless the copy exists. The copy appears only when it is complete. */
async function copyWhole(from: string, to: string): Promise<void> {
  if ((await stat(to).catch(() => undefined)) !== undefined) return;
  await mkdir(dirname(to), { recursive: true });
  const partial = `${to}.${process.pid}.${performance.now()}`;
  try {
    await copyFile(from, partial, constants.COPYFILE_FICLONE);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}
