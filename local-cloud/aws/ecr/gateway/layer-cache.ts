import { constants } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Smaller layers are compressed and sent in less time than they are worth keeping. In bytes. */
const WORTH_KEEPING = 8 * 1024 ** 2;

/**
 * Large layers of earlier pushes, for registries to come: a registry begins empty with each environment, and what an engine
 * spends on a push is compressing the layers of base images again. Works on the files of the plain registry's storage.
 */
export class LayerCache {
  readonly #folder: string;
  readonly #storage: string;
  readonly #limit: number;

  /**
   * @param folder where layers are kept; shared between registries, so that a file appears in it whole or not at all.
   * @param storage the registry's root directory.
   * @param limit how much is kept, in bytes; what was used longest ago goes first.
   */
  constructor(folder: string, storage: string, limit = 2 * 1024 ** 3) {
    this.#folder = folder;
    this.#storage = storage;
    this.#limit = limit;
  }

  /** Keeps a layer that the registry holds. */
  async keep(digest: string): Promise<void> {
    const { size } = await stat(this.#blob(digest));
    if (size < WORTH_KEEPING) return;
    await place(this.#blob(digest), this.#kept(digest));
    await this.#prune();
  }

  /** Gives a repository a layer that is kept; tells whether it has it now. */
  async give(repository: string, digest: string): Promise<boolean> {
    try {
      const now = new Date();
      await utimes(this.#kept(digest), now, now);
      await place(this.#kept(digest), this.#blob(digest));
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

  #kept(digest: string): string {
    return join(this.#folder, digest.replace(":", "-"));
  }

  #blob(digest: string): string {
    const [algorithm = "", hex = ""] = digest.split(":");
    return join(this.#storage, "docker/registry/v2/blobs", algorithm, hex.slice(0, 2), hex, "data");
  }
}

/** Copies a file, unless it is there; it appears at once and whole. */
async function place(from: string, to: string): Promise<void> {
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
