import { copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { execa } from "execa";
import { findBase } from "../../../review/trees.ts";
import { compareStack } from "../../../review/compare.ts";
import type { StackPlan } from "../../../review/plan.ts";
import { readPreview } from "../../../review/read-preview.ts";

const checkout = resolve(import.meta.dirname, "../../..");
const area = join(checkout, ".local/test/review");

/** Replaces a part of a file that must be there. */
export interface Edit {
  file: string;
  from: string | RegExp;
  to: string;
}

/** A clone of the checkout, its changes that aren't committed yet included, in which a test changes the program. */
export class Clone {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(name: string): Promise<Clone> {
    const folder = join(area, name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    // Root may run this, and git would refuse a checkout that is someone else's.
    const { stdout } = await execa(
      "git",
      ["-c", `safe.directory=${checkout}`, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
      { cwd: checkout },
    );
    for (const file of new Set(stdout.split("\0").filter((path) => path !== ""))) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await copyFile(join(checkout, file), join(folder, file)).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      });
    }
    await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
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

  /** Applies edits to the working tree; what was edited before is taken back. */
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

  /** What the working tree would change of a stack. */
  async plan(stack: string): Promise<StackPlan> {
    return compareStack({
      checkout: this.folder,
      base: await findBase(this.folder, "main"),
      stack,
      work: join(this.folder, ".local/work", stack),
      cache: join(area, "cache"),
    });
  }

  /**
   * The engine's preview of the same change after `plan`, by the local cloud's own plugins instead of those on paper: what is not made yet is unknown
   * to it, as it is on AWS.
   */
  async ordinaryPreview(stack: string): Promise<ReturnType<typeof readPreview>> {
    const work = join(this.folder, ".local/work", stack);
    const { stdout } = await execa(
      "pulumi",
      [
        "preview",
        "--json",
        "--show-sames",
        "--ignore-protect",
        "--stack",
        stack,
        "--config-file",
        join(work, "paper/preview.yaml"),
        "--non-interactive",
      ],
      {
        cwd: join(work, "after"),
        env: {
          PULUMI_BACKEND_URL: `file://${join(work, "paper/state")}`,
          PULUMI_CONFIG_PASSPHRASE: "paper",
          LOCAL_CLOUD_ACCOUNT: "123456789012",
        },
        stdin: "ignore",
      },
    );
    return readPreview(stdout, { before: {}, after: {} });
  }

  /** Runs the command on the clone, whatever it ends with. */
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
