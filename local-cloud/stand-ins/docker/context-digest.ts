import { createHash, type Hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { dockerignore } from "./ignore.ts";

/**
 * Returns a digest of all files that a build can see: the Dockerfile, and each file of the context
 * that is not ignored, by path, mode and contents. It leaves out times and owners, so all clones
 * have the same digest.
 */
export function contextDigest(context: string, dockerfile: string): string {
  const ignored = dockerignore(ignoreText(context, dockerfile));
  const hash = createHash("sha256");
  add(hash, "Dockerfile", 0, readFileSync(dockerfile));
  addDirectory(hash, context, "", ignored);
  return hash.digest("hex");
}

/**
 * Returns the rules of a context. As in BuildKit and the real plugin, DOCKERFILE.dockerignore
 * comes before the context's .dockerignore.
 */
function ignoreText(context: string, dockerfile: string): string {
  return readIfThere(`${dockerfile}.dockerignore`) ?? readIfThere(join(context, ".dockerignore")) ?? "";
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function addDirectory(hash: Hash, context: string, directory: string, ignored: (path: string) => boolean): void {
  for (const name of readdirSync(join(context, directory)).sort()) {
    const path = directory === "" ? name : `${directory}/${name}`;
    const file = join(context, path);
    const stats = lstatSync(file);
    // A later rule may include files of an ignored directory, so each directory is searched.
    if (stats.isDirectory()) addDirectory(hash, context, path, ignored);
    else if (ignored(path)) continue;
    else if (stats.isSymbolicLink()) add(hash, path, stats.mode, Buffer.from(readlinkSync(file)));
    else if (stats.isFile()) add(hash, path, stats.mode, readFileSync(file));
  }
}

function add(hash: Hash, path: string, mode: number, contents: Buffer): void {
  hash.update(`${path}\0${mode.toString(8)}\0${contents.length}\0`).update(contents);
}
