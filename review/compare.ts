import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { hashFiles } from "../services/hash-files.ts";
import {
  PROJECT,
  dryRunUp,
  emptyState,
  preview,
  readState,
  writeState,
  type DryRunResult,
  type DryRunStack,
  type PreviewOptions,
} from "./engine.ts";
import type { Resource, StackPlan } from "./plan.ts";
import { readPreview, type Ledger } from "./read-preview.ts";
import { renameInUrns } from "./renamed-stacks.ts";
import { ReviewError } from "./review-error.ts";
import type { Config } from "./config.ts";
import { changedSettings } from "./settings.ts";
import { complete, configOf, readConfig, readStackFile, type StackSettings } from "./stack-file.ts";
import { linkPackages } from "./packages.ts";
import { readCommitFile, writeCommit, writeWorkingTree, type Base } from "./trees.ts";

/** Arguments of a comparison. */
export interface Comparison {
  checkout: string;
  base: Base;
  stack: string;
  /** Name of the stack in BASE, if the change renames it. */
  formerStack?: string;
  /** Folder that only this comparison uses. */
  work: string;
  /** Folder of the cache of evaluated versions and bundles. */
  cache: string;
}

const properties = z.record(z.string(), z.unknown());

/** A version after its dry run: the engine's state, the ledger, and the Dockerfiles by path. */
const evaluated = z.object({
  state: z.string(),
  ledger: z.record(z.string(), z.object({ inputs: properties, outputs: properties.optional() })),
  dockerfiles: z.record(z.string(), z.string()),
});
type Evaluated = z.infer<typeof evaluated>;

/** Number of versions and bundles in the cache. Each takes about a megabyte. */
const KEPT = 8;

/**
 * Does a dry run of BASE, and lets the engine preview the working tree against it.
 *
 * @throws ReviewError when the engine can't run one of the two.
 */
export async function compareStack(comparison: Comparison): Promise<StackPlan> {
  const { work, stack } = comparison;
  await rm(work, { recursive: true, force: true });
  const program = join(work, "after");
  const given = await givenSettings(comparison);
  const [base] = await Promise.all([
    baseOf(comparison, complete(given.before, given.after)),
    copyWorkingTree(comparison, program),
  ]);
  const dryRun = dryRunStackOf(comparison, "dry-run");
  await writeState(dryRun, base.state);
  const settings = complete(given.after, given.before);
  const { stdout, ledger } = await preview(dryRun, program, settings);
  const found = readPreview(stdout, { before: base.ledger, after: ledger });
  return {
    stack,
    region: settings.region,
    ...found,
    dockerfiles: { before: base.dockerfiles, after: await dockerfilesOf(program, ledger) },
    settings: changedSettings(given.before, given.after),
    assumptions: settings.assumptions,
  };
}

/** Reads the settings in the stack's file of both versions. */
async function givenSettings({
  checkout,
  base,
  stack,
  formerStack = stack,
}: Comparison): Promise<Record<"before" | "after", Config>> {
  const file = `Pulumi.${formerStack}.yaml`;
  const before = await readCommitFile(checkout, base, file);
  if (before === undefined) {
    throw new ReviewError(`${base.name} has no ${file}`, [
      "A new stack has nothing to compare with. Name the other stacks with --stack.",
    ]);
  }
  return { before: configOf(before), after: await readConfig(checkout, stack) };
}

/**
 * Previews the working tree against an empty state.
 *
 * @returns Every resource that the working tree declares.
 */
export async function previewResources(comparison: Omit<Comparison, "base">): Promise<Resource[]> {
  const { stdout, ledger } = await previewFromNothing(comparison);
  return readPreview(stdout, { before: {}, after: ledger }).after;
}

/** Lets the engine preview the working tree against an empty state. */
export async function previewFromNothing(
  comparison: Omit<Comparison, "base">,
  how?: PreviewOptions,
): Promise<DryRunResult> {
  const { work, stack } = comparison;
  await rm(work, { recursive: true, force: true });
  const program = join(work, "after");
  await copyWorkingTree(comparison, program);
  const dryRun = dryRunStackOf(comparison, "dry-run");
  await writeState(dryRun, emptyState);
  return preview(dryRun, program, await readStackFile(program, stack), how);
}

function dryRunStackOf({ stack, work, cache }: Omit<Comparison, "base">, name: string): DryRunStack {
  return { stack, folder: join(work, name), bundles: join(cache, "bundles") };
}

async function copyWorkingTree(
  { checkout, cache }: Pick<Comparison, "checkout" | "cache">,
  folder: string,
): Promise<void> {
  await writeWorkingTree(checkout, folder);
  await linkPackages(checkout, folder, cache);
}

/** Versions that are being evaluated, by file. Other stacks of this process wait for them. */
const running = new Map<string, Promise<Evaluated>>();

/** Returns the dry run of BASE: the cached one, or a new one. */
async function baseOf(comparison: Comparison, settings: StackSettings): Promise<Evaluated> {
  const file = join(comparison.cache, "base", `${await keyOf(comparison, settings)}.json`);
  const base = running.get(file) ?? readOrEvaluateBase(comparison, settings, file);
  running.set(file, base);
  // A failure is tried again. A cached version is read again, because it may be gone.
  return renamed(await base.finally(() => running.delete(file)), comparison);
}

/** Gives an evaluated version the name that its stack has in the working tree. */
function renamed(base: Evaluated, { stack, formerStack = stack }: Comparison): Evaluated {
  if (stack === formerStack) return base;
  return evaluated.parse(JSON.parse(renameInUrns(JSON.stringify(base), PROJECT, formerStack, stack)));
}

async function readOrEvaluateBase(comparison: Comparison, settings: StackSettings, file: string): Promise<Evaluated> {
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known !== undefined) {
    await utimes(file, new Date(), new Date());
    return evaluated.parse(JSON.parse(known));
  }
  const base = await evaluateBase(comparison, settings);
  await mkdir(dirname(file), { recursive: true });
  // Another process may evaluate the same version at the same time.
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, JSON.stringify(base));
  await rename(partial, file);
  await Promise.all([dirname(file), join(comparison.cache, "bundles")].map(removeOldest));
  return base;
}

async function evaluateBase(comparison: Comparison, settings: StackSettings): Promise<Evaluated> {
  const { checkout, base, work, stack, formerStack = stack } = comparison;
  const program = join(work, "before");
  await writeCommit(checkout, base, program);
  await linkPackages(checkout, program, comparison.cache);
  const dryRun = dryRunStackOf({ ...comparison, stack: formerStack }, "dry-run-before");
  await writeState(dryRun, emptyState);
  const { ledger } = await dryRunUp(dryRun, program, settings);
  return { state: await readState(dryRun), ledger, dockerfiles: await dockerfilesOf(program, ledger) };
}

/** The engine's version, which is read once. */
let engine: Promise<string> | undefined;

/**
 * Returns a hash of everything that a dry run of BASE depends on: its files, the code of the local
 * cloud, the packages, and its settings with the placeholders.
 */
async function keyOf(
  { checkout, base, stack, formerStack = stack }: Comparison,
  { config }: StackSettings,
): Promise<string> {
  engine ??= execa("pulumi", ["version"]).then(({ stdout }) => stdout);
  const cloud = join(checkout, "local-cloud");
  const entries = await readdir(cloud, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files = [join(checkout, "package-lock.json"), ...paths].map(
    async (path) => [relative(checkout, path), await readFile(path)] as const,
  );
  const given = {
    tree: base.tree,
    stack: formerStack,
    settings: JSON.stringify(config),
    engine: await engine,
  };
  return hashFiles([...Object.entries(given), ...(await Promise.all(files))], 32);
}

async function removeOldest(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const dated = await Promise.all(files.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
  const old = dated.sort((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(old.map(({ file }) => rm(file, { force: true })));
}

/** Reads the Dockerfiles of the images that a program declares, by path. */
async function dockerfilesOf(program: string, ledger: Ledger): Promise<Record<string, string>> {
  const builds = Object.values(ledger).map(
    ({ inputs: { build } }) => (build as { dockerfile?: unknown } | undefined)?.dockerfile,
  );
  const paths = [...new Set(builds)].filter((path) => typeof path === "string").sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(program, path), "utf8")] as const)),
  );
}
