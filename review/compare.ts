import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import {
  drawUp,
  emptyState,
  preview,
  readState,
  writeState,
  type PaperRun,
  type PaperStack,
  type PreviewHow,
} from "./engine.ts";
import type { Resource, StackPlan } from "./plan.ts";
import { readPreview, type Ledger } from "./read-preview.ts";
import { changedSettings } from "./settings.ts";
import { complete, readStackFile } from "./stack-file.ts";
import { linkPackages } from "./packages.ts";
import { writeCommit, writeWorkingTree, type Base } from "./trees.ts";

/** Arguments of a comparison. */
export interface Comparison {
  checkout: string;
  base: Base;
  stack: string;
  /** A folder of this comparison's own. */
  work: string;
  /** Folder of the cache of evaluated versions and bundles. */
  cache: string;
}

const properties = z.record(z.string(), z.unknown());

/** A version drawn up: the engine's state, and what the program gave. */
const drawn = z.object({
  state: z.string(),
  ledger: z.record(z.string(), z.object({ given: properties, gives: properties.optional() })),
  dockerfiles: z.record(z.string(), z.string()),
  settings: properties,
});
type Drawn = z.infer<typeof drawn>;

/** Form of what the cache holds. Another number makes older files of it unknown. */
const FORM = 2;

/** Number of versions and bundles in the cache. Each takes about a megabyte. */
const KEPT = 8;

/**
 * Draws BASE up on paper and lets the engine preview the working tree against it.
 *
 * @throws CannotJudge when one of the two is no program that the engine can run.
 */
export async function compareStack(comparison: Comparison): Promise<StackPlan> {
  const { work, stack } = comparison;
  await rm(work, { recursive: true, force: true });
  const program = join(work, "after");
  const [base] = await Promise.all([baseOf(comparison), copyWorkingTree(comparison, program)]);
  const paper = paperOf(comparison, "paper");
  await writeState(paper, base.state);
  const settings = await readStackFile(program, stack);
  const { stdout, ledger } = await preview(paper, program, settings);
  const found = readPreview(stdout, { before: base.ledger, after: ledger });
  return {
    stack,
    region: settings.region,
    ...found,
    dockerfiles: { before: base.dockerfiles, after: await dockerfilesOf(program, ledger) },
    settings: changedSettings(base.settings, settings.given),
    assumptions: settings.assumptions,
  };
}

/**
 * Draws the working tree up from nothing.
 *
 * @returns every resource that it declares.
 */
export async function drawStack(drawing: Omit<Comparison, "base">): Promise<Resource[]> {
  const { stdout, ledger } = await previewFromNothing(drawing);
  return readPreview(stdout, { before: {}, after: ledger }).after;
}

/** The engine's preview of the working tree where nothing is yet. */
export async function previewFromNothing(drawing: Omit<Comparison, "base">, how?: PreviewHow): Promise<PaperRun> {
  const { work, stack } = drawing;
  await rm(work, { recursive: true, force: true });
  const program = join(work, "after");
  await copyWorkingTree(drawing, program);
  const paper = paperOf(drawing, "paper");
  await writeState(paper, emptyState);
  return preview(paper, program, await readStackFile(program, stack), how);
}

function paperOf({ stack, work, cache }: Omit<Comparison, "base">, name: string): PaperStack {
  return { stack, folder: join(work, name), bundles: join(cache, "bundles") };
}

async function copyWorkingTree(
  { checkout, cache }: Pick<Comparison, "checkout" | "cache">,
  folder: string,
): Promise<void> {
  await writeWorkingTree(checkout, folder);
  await linkPackages(checkout, folder, cache);
}

/** Versions that are being read or drawn up, which others in this process wait for, by file. */
const underWay = new Map<string, Promise<Drawn>>();

/** BASE as it was drawn up before, or now. */
async function baseOf(comparison: Comparison): Promise<Drawn> {
  const file = join(comparison.cache, "base", `${await keyOf(comparison)}.json`);
  const base = underWay.get(file) ?? readOrDrawBase(comparison, file);
  underWay.set(file, base);
  // One that failed is tried again; one that is kept is read again, as it may be gone.
  return base.finally(() => underWay.delete(file));
}

async function readOrDrawBase(comparison: Comparison, file: string): Promise<Drawn> {
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known !== undefined) {
    await utimes(file, new Date(), new Date());
    return drawn.parse(JSON.parse(known));
  }
  const base = await drawBase(comparison);
  await mkdir(dirname(file), { recursive: true });
  // Another process may draw the same version meanwhile.
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, JSON.stringify(base));
  await rename(partial, file);
  await Promise.all([dirname(file), join(comparison.cache, "bundles")].map(forgetOldest));
  return base;
}

async function drawBase(comparison: Comparison): Promise<Drawn> {
  const { checkout, base, stack, work } = comparison;
  const program = join(work, "before");
  await writeCommit(checkout, base, program);
  await linkPackages(checkout, program, comparison.cache);
  const settings = await readStackFile(program, stack);
  const paper = paperOf(comparison, "paper-before");
  await writeState(paper, emptyState);
  const { ledger } = await drawUp(paper, program, settings);
  return {
    state: await readState(paper),
    ledger,
    dockerfiles: await dockerfilesOf(program, ledger),
    settings: settings.given,
  };
}

/** The engine's version, asked for once. */
let engine: Promise<string> | undefined;

/**
 * All that a drawing of BASE depends on: its files, the cloud that it is drawn up by, the packages,
 * and what is taken for missing settings.
 */
async function keyOf({ checkout, base, stack }: Comparison): Promise<string> {
  const hash = createHash("sha256").update(`${FORM}\0${base.tree}\0${stack}\0${JSON.stringify(complete({}))}\0`);
  engine ??= execa("pulumi", ["version"]).then(({ stdout }) => stdout);
  hash.update(await engine).update(await readFile(join(checkout, "package-lock.json")));
  const cloud = join(checkout, "local-cloud");
  const entries = await readdir(cloud, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(path.slice(cloud.length)).update(await readFile(path));
  }
  return hash.digest("hex").slice(0, 32);
}

async function forgetOldest(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const dated = await Promise.all(files.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
  const old = dated.sort((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(old.map(({ file }) => rm(file, { force: true })));
}

/** The Dockerfiles of the images that a program declares, by path. */
async function dockerfilesOf(program: string, ledger: Ledger): Promise<Record<string, string>> {
  const builds = Object.values(ledger).map(
    ({ given: { build } }) => (build as { dockerfile?: unknown } | undefined)?.dockerfile,
  );
  const paths = [...new Set(builds)].filter((path) => typeof path === "string").sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(program, path), "utf8")] as const)),
  );
}
