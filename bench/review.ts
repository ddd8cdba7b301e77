import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";

/**
 * Seconds of a review of the working tree against HEAD, both stacks, with tools in place: with BASE drawn up for the first time, and with BASE and the compiler's
 * notes kept from the time before. Reported, never asserted: `./run bench review [--json]`.
 */
const checkout = resolve(import.meta.dirname, "..");

async function measure(state: string): Promise<{ state: string; seconds: number }> {
  const start = performance.now();
  const { exitCode, stderr } = await execa(
    "node",
    ["--disable-warning=ExperimentalWarning", join(checkout, "review/main.ts"), "HEAD", "--markdown", "/dev/null"],
    { cwd: checkout, reject: false, stdin: "ignore" },
  );
  if (exitCode === 2) throw new Error(stderr);
  return { state, seconds: Math.round((performance.now() - start) / 100) / 10 };
}

await rm(join(checkout, ".local/review/cache"), { recursive: true, force: true });
const rows = [await measure("BASE drawn up for the first time"), await measure("BASE known")];
if (process.argv.includes("--json")) console.log(JSON.stringify(rows, undefined, 2));
else console.table(rows);
