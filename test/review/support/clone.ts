import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { compareStack, previewFromNothing } from "../../../review/compare.ts";
import { preview } from "../../../review/engine.ts";
import type { StackPlan } from "../../../review/plan.ts";
import { readPreview } from "../../../review/read-preview.ts";
import { readStackFile } from "../../../review/stack-file.ts";
import { findBase, writeWorkingTree } from "../../../review/trees.ts";

const checkout = resolve(import.meta.dirname, "../../..");
const area = join(checkout, ".local/test/review");
const cache = join(area, "cache");
const plugins = join(import.meta.dirname, "plugins.ts");

/** Replaces a part of a file that must be there. */
export interface Edit {
  file: string;
  from: string | RegExp;
  to: string;
}

/** A clone of the checkout with its uncommitted changes, in which a test changes the program. */
export class Clone {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(name: string): Promise<Clone> {
    const folder = join(area, name);
    await writeWorkingTree(checkout, folder);
    await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
    // Clones share the cache of evaluated versions and bundles, which are stored by content.
    await mkdir(join(folder, ".local/review/cache"), { recursive: true });
    for (const kept of ["base", "bundles"]) {
      await mkdir(join(cache, kept), { recursive: true });
      await symlink(join(cache, kept), join(folder, ".local/review/cache", kept));
    }
    const clone = new Clone(folder);
    await clone.#git("init", "--quiet", "--initial-branch", "main");
    // A link to packages is not ignored as the folder is.
    await writeFile(join(folder, ".git/info/exclude"), "node_modules\n");
    await clone.#git("add", "--all");
    await clone.#git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.com",
      "commit",
      "--quiet",
      "--message",
      "base",
    );
    return clone;
  }

  /** Applies edits to the working tree. Earlier edits are reverted. */
  async edit(edits: readonly Edit[]): Promise<void> {
    await this.#git("checkout", "--quiet", "--", ".");
    for (const { file, from, to } of edits) {
      const path = join(this.folder, file);
      const text = await readFile(path, "utf8");
      const changed = text.replace(from, to);
      if (changed === text) throw new Error(`${file} has no ${String(from)} to replace`);
      await writeFile(path, changed);
    }
  }

  /** Returns the changes of the working tree to a stack. */
  async plan(stack: string): Promise<StackPlan> {
    return compareStack({
      checkout: this.folder,
      base: await findBase(this.folder, "main"),
      stack,
      work: join(this.folder, ".local/work", stack),
      cache,
    });
  }

  /**
   * Returns the engine's preview of the same change after `plan`, by the local cloud's own plugins
   * instead of the dry run. Outputs of resources that don't exist yet are unknown, as on AWS.
   */
  async ordinaryPreview(stack: string): Promise<ReturnType<typeof readPreview>> {
    const work = join(this.folder, ".local/work", stack);
    const program = join(work, "after");
    const dryRun = { stack, folder: join(work, "dry-run"), bundles: join(cache, "bundles") };
    const settings = await readStackFile(program, stack);
    const { stdout } = await preview(dryRun, program, settings, { server: plugins });
    return readPreview(stdout, { before: {}, after: {} });
  }

  /**
   * Runs the engine's preview of the working tree against an empty state, with the policy pack.
   *
   * @returns The engine's output.
   * @throws ReviewError with the engine's output when the pack stops it.
   */
  async previewWithPack(stack: string): Promise<string> {
    const work = join(this.folder, ".local/work", stack);
    const options = ["--policy-pack", "policy", "--suppress-outputs", "--suppress-progress"];
    const { stdout } = await previewFromNothing({ checkout: this.folder, stack, work, cache }, { options });
    return stdout;
  }

  /** Runs the command on the clone. Any exit code is accepted. */
  async command(...args: string[]): Promise<{ exitCode?: number | undefined; stdout: string; stderr: string }> {
    return execa("node", ["--disable-warning=ExperimentalWarning", join(this.folder, "review/main.ts"), ...args], {
      cwd: this.folder,
      reject: false,
      stdin: "ignore",
    });
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #git(...args: string[]): Promise<void> {
    await execa("git", ["-c", `safe.directory=${this.folder}`, ...args], { cwd: this.folder, stdin: "ignore" });
  }
}
