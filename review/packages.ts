import { copyFile, cp, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { execa } from "execa";
import { hashFiles } from "../services/hash-files.ts";

/** The files that npm reads to install packages, besides the services' own package.json. */
const manifests = ["package.json", "package-lock.json", "local-cloud/package.json"];

/**
 * Links packages into a copy of the program: those of the checkout if both have the same lock file,
 * or else its own. Workspaces are linked to the copy's own folders.
 *
 * @param cache Folder for packages that the checkout doesn't have. It keeps one set, the last.
 */
export async function linkPackages(checkout: string, folder: string, cache: string): Promise<void> {
  const [here, there] = await Promise.all([checkout, folder].map((path) => readFile(join(path, "package-lock.json"))));
  const same = here !== undefined && there !== undefined && here.equals(there);
  const owner = same ? checkout : await installed(checkout, folder, cache);
  const [from, to] = [owner, folder].map((path) => join(path, "node_modules")) as [string, string];
  await mkdir(join(to, "@gifticon"), { recursive: true });
  const names = (await readdir(from)).filter((name) => name !== "@gifticon");
  const services = (await readdir(join(from, "@gifticon"))).map((name) => join("@gifticon", name));
  for (const name of [...names, ...services]) {
    const link = join(from, name);
    const workspace = await readlink(link).then(
      (path) => relative(owner, resolve(dirname(link), path)),
      () => undefined,
    );
    await symlink(workspace === undefined ? link : join(folder, workspace), join(to, name));
  }
}

/** Installations that are running. Both stacks wait for them. */
const running = new Map<string, Promise<string>>();

/**
 * Installs the packages of a copy of the program, once for all copies with the same lock file.
 *
 * @returns The folder whose node_modules has them.
 */
async function installed(checkout: string, folder: string, cache: string): Promise<string> {
  const lock = await readFile(join(folder, "package-lock.json"));
  const owner = join(cache, "packages", hashFiles([["package-lock.json", lock]], 32));
  const known = running.get(owner) ?? install(checkout, folder, owner);
  running.set(owner, known);
  return known;
}

/**
 * Fetches only packages that differ from the checkout's. The others are hard links, which is safe
 * because npm replaces files and never rewrites them.
 */
async function install(checkout: string, folder: string, owner: string): Promise<string> {
  if ((await stat(owner).catch(() => undefined)) !== undefined) return owner;
  await rm(dirname(owner), { recursive: true, force: true });
  const partial = `${owner}.partial`;
  const services = await readdir(join(folder, "services"), { withFileTypes: true });
  const workspaces = services.filter((entry) => entry.isDirectory()).map(({ name }) => `services/${name}/package.json`);
  for (const path of [...manifests, ...workspaces]) {
    await mkdir(dirname(join(partial, path)), { recursive: true });
    await copyFile(join(folder, path), join(partial, path)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    });
  }
  const [from, to] = [checkout, partial].map((path) => join(path, "node_modules")) as [string, string];
  await execa("cp", ["--archive", "--link", from, to]);
  // npm overwrites only its list of installed packages. Caches belong to the checkout.
  await rm(join(to, ".package-lock.json"), { force: true });
  await cp(join(from, ".package-lock.json"), join(to, ".package-lock.json"));
  await rm(join(to, ".cache"), { recursive: true, force: true });
  await execa("npm", ["install", "--no-save", "--no-progress", "--no-audit", "--no-fund"], {
    cwd: partial,
    stdin: "ignore",
  });
  await rename(partial, owner);
  return owner;
}
