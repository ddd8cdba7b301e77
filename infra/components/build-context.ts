import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashFiles } from "../../services/hash-files.ts";

/** Folder of the build contexts, from the root of the project. Git ignores it. */
const CONTEXTS = "dist/images";
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER_MODE = 0o755;
const EPOCH = new Date(0);

/** Files of the project from which an image is built. */
export interface ImageSource {
  /** Folder with the Dockerfile, from the root of the project. */
  folder: string;
  /** Files of the image, from that folder. A folder means all files in it. */
  files: readonly string[];
}

/** A folder that an image is built from. */
export interface BuildContext {
  /** The folder, from the root of the project. */
  path: string;
  /** Short hash of the names and contents of the files. */
  hash: string;
}

/**
 * Copies the files of an image to a separate build context, with modes and times that depend only
 * on their contents.
 *
 * A builder copies modes and times into the image, and the docker plugin compares modes to see
 * whether an image changed. In a checkout they depend on the umask of the user who cloned it: with
 * 077 the image's user could not read its files, with 002 the same commit gave another image.
 *
 * @param name the image's name.
 * @param root the parent folder of the source and of the context; by default the project's.
 */
export function makeBuildContext(name: string, { folder, files }: ImageSource, root = ROOT): BuildContext {
  const path = join(CONTEXTS, name);
  const [from, to] = [join(root, folder), join(root, path)];
  const sources = files.flatMap((file) => filesAt(from, file)).sort();
  const contents = new Map([...sources, ".dockerignore"].map((file) => [file, readFileSync(join(from, file))]));
  // Writes only changed files: another run of the program may be building from the same folder.
  mkdirSync(to, { recursive: true });
  for (const file of filesAt(to, "")) if (!contents.has(file)) rmSync(join(to, file), { force: true });
  // It is outside the context, because another run deletes unknown files in the context.
  const partial = join(root, CONTEXTS, `${name}.${process.pid}.partial`);
  for (const [file, content] of contents) writeChanged(join(to, file), content, partial);
  for (const parent of parentsOf(contents.keys())) setModeAndTime(join(to, parent), FOLDER_MODE);
  const hashed = sources.map((file) => [file, contents.get(file) ?? ""] as const);
  return { path, hash: hashFiles(hashed, 12) };
}

/** Returns the mode of a file: executable if it begins like a script. */
function modeOf(content: Buffer): number {
  return content.subarray(0, 2).toString() === "#!" ? 0o755 : 0o644;
}

/**
 * Writes a file unless it has this content, and sets its mode and time.
 *
 * @param partial path of the content until it is complete.
 */
function writeChanged(path: string, content: Buffer, partial: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!hasContent(path, content)) {
    writeFileSync(partial, content);
    renameSync(partial, path);
  }
  setModeAndTime(path, modeOf(content));
}

function hasContent(path: string, content: Buffer): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function setModeAndTime(path: string, mode: number): void {
  chmodSync(path, mode);
  utimesSync(path, EPOCH, EPOCH);
}

/**
 * Returns the folders of these files, the deepest first, because writing into a folder changes the
 * time of its parent.
 */
function parentsOf(files: Iterable<string>): string[] {
  const parents = new Set<string>();
  for (const file of files) {
    for (let parent = dirname(file); parent !== "."; parent = dirname(parent)) parents.add(parent);
  }
  return [...[...parents].sort().reverse(), ""];
}

/**
 * Returns the paths, from `base`, of the files at a path: the path itself, or all files in a
 * folder.
 */
function filesAt(base: string, path: string): string[] {
  try {
    return readdirSync(join(base, path), { withFileTypes: true }).flatMap((entry) => {
      const inside = path === "" ? entry.name : `${path}/${entry.name}`;
      return entry.isDirectory() ? filesAt(base, inside) : [inside];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [path];
    throw error;
  }
}
