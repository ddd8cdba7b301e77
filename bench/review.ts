import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { runBenchmark } from "./support/benchmark.ts";

/**
 * Measures a review of both stacks against HEAD in a clone of HEAD, in seconds. It reviews without
 * changes, first with an empty cache and then with a full one, and after a small change. Tools have
 * to be in place. It reports figures and asserts nothing: `./run bench review [--json]`.
 */
const checkout = resolve(import.meta.dirname, "..");

async function measure(clone: string, state: string): Promise<{ state: string; seconds: number }> {
  const start = performance.now();
  const { exitCode, stderr } = await execa(
    "node",
    ["--disable-warning=ExperimentalWarning", join(clone, "review/main.ts"), "HEAD", "--markdown", "/dev/null"],
    { cwd: clone, reject: false, stdin: "ignore" },
  );
  if (exitCode !== 0) throw new Error(`the review ended with ${String(exitCode)}\n${stderr}`);
  return { state, seconds: Math.round((performance.now() - start) / 100) / 10 };
}

/**
 * Adds a comment to a part of the program and to a service: the smallest change for which the
 * compiler and the bundler have to run.
 */
async function addComments(clone: string): Promise<void> {
  for (const file of ["infra/components/host-fleet.ts", "services/main-api/main.ts"]) {
    const path = join(clone, file);
    await writeFile(path, `// A comment.\n${await readFile(path, "utf8")}`);
  }
}

await runBenchmark("review", async (json) => {
  const folder = await mkdtemp(join(tmpdir(), "gifticon-review-"));
  try {
    const clone = join(folder, "clone");
    await execa("git", ["clone", "--quiet", checkout, clone], { stdin: "ignore" });
    await symlink(join(checkout, "node_modules"), join(clone, "node_modules"));
    await writeFile(join(clone, ".git/info/exclude"), "node_modules\n");
    const rows = [await measure(clone, "no changes, empty cache"), await measure(clone, "no changes, BASE cached")];
    await addComments(clone);
    rows.push(await measure(clone, "two comments, BASE cached"));
    if (json) console.log(JSON.stringify(rows, undefined, 2));
    else console.table(rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
