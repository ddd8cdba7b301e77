import { chmod, copyFile, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { ReviewError } from "./review-error.ts";

/** Runs Git, even if the checkout belongs to another user. */
function git(checkout: string, args: readonly string[]) {
  return execa("git", ["-c", `safe.directory=${checkout}`, ...args], { cwd: checkout, stdin: "ignore", reject: false });
}

/** A version of the program that the working tree is compared with. */
export interface Base {
  /** The given name, or the commit that was found. */
  name: string;
  commit: string;
  /** The id of its tree, which is the same for the same files. */
  tree: string;
}

/**
 * Finds the version to compare with.
 *
 * @param ref A commit, branch or tag; by default the commit where the branch left main.
 * @throws ReviewError when there is none.
 */
export async function findBase(checkout: string, ref: string | undefined): Promise<Base> {
  const name = ref ?? (await mergeBase(checkout));
  const found = await git(checkout, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
  if (found.exitCode !== 0) {
    throw new ReviewError(`BASE is ${JSON.stringify(name)}, which git can't find`, [
      "Allowed: a commit, a branch or a tag that this clone has (git fetch may be needed).",
    ]);
  }
  const { stdout: tree } = await git(checkout, ["rev-parse", `${found.stdout}^{tree}`]);
  return { name: ref ?? found.stdout.slice(0, 12), commit: found.stdout, tree };
}

async function mergeBase(checkout: string): Promise<string> {
  for (const main of ["origin/main", "main"]) {
    const { exitCode, stdout } = await git(checkout, ["merge-base", "HEAD", main]);
    if (exitCode === 0) return stdout;
  }
  throw new ReviewError("there is no branch main to compare with", [
    "Name the version to compare with: ./run review BASE",
  ]);
}

/** Lists the files in the root folder of a commit. */
export async function listCommitFiles(checkout: string, { commit }: Base): Promise<string[]> {
  const { stdout } = await git(checkout, ["ls-tree", "--name-only", commit]);
  return stdout.split("\n").filter((name) => name !== "");
}

/** Returns the text of a file of a commit, or undefined where the commit has none. */
export async function readCommitFile(checkout: string, { commit }: Base, path: string): Promise<string | undefined> {
  const { exitCode, stdout } = await git(checkout, ["show", `${commit}:${path}`]);
  return exitCode === 0 ? stdout : undefined;
}

/** Writes a commit's files to a folder. */
export async function writeCommit(checkout: string, { commit }: Base, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const archive = execa(
    "git",
    ["-c", `safe.directory=${checkout}`, "-c", "tar.umask=0022", "archive", "--format=tar", commit],
    {
      cwd: checkout,
      encoding: "buffer",
      stdin: "ignore",
    },
  );
  const { stdout } = await archive;
  await execa("tar", ["-xpf", "-", "-C", folder], { input: stdout });
}

/** Copies the working tree's files, committed or not, to a folder. Ignored files are left out. */
export async function writeWorkingTree(checkout: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const { stdout } = await git(checkout, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  const files = [...new Set(stdout.split("\0"))].filter((file) => file !== "");
  await Promise.all([...new Set(files.map(dirname))].map((path) => mkdir(join(folder, path), { recursive: true })));
  await Promise.all(files.map((file) => copy(join(checkout, file), join(folder, file))));
}

/** Copies a file with git's mode, because the checkout's mode depends on the user's umask. */
async function copy(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
    await chmod(to, ((await stat(from)).mode & 0o100) === 0 ? 0o644 : 0o755);
  } catch (error) {
    // The file was deleted, but the deletion isn't committed.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
