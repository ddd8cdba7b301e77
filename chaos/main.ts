import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { NotReadyError, readOutputs } from "../operate/stack-outputs.ts";
import { Environment } from "./environment.ts";
import { UsageError } from "../operate/arguments.ts";
import { parseOptions, USAGE, type ChaosOptions } from "./options.ts";
import { type CaseResult, renderLine, renderMarkdown } from "./report.ts";
import { Ended, runCase } from "./run.ts";

// `./run chaos`: exits with 0 when every case that was struck has passed, 1 when one failed, 2 when none could be started as asked, 130 when it was ended.
const NOT_STARTED = 2;
const ENDED = 130;

try {
  const options = parseOptions(process.argv.slice(2));
  process.exitCode = await strikeAll(options);
} catch (error) {
  if (error instanceof UsageError) console.error(`error: ${error.message}\n\n${USAGE}`);
  else if (error instanceof NotReadyError) console.error(`error: ${error.message}`);
  else throw error;
  process.exitCode = NOT_STARTED;
}

/** As a user would. */
async function up(options: readonly string[]): Promise<void> {
  await execa(fileURLToPath(new URL("../run", import.meta.url)), ["up", "--refresh", ...options], {
    stdin: "ignore",
    detached: true,
  });
}

async function strikeAll({ cases, fast, users, stack, markdown }: ChaosOptions): Promise<number> {
  const account = process.env["LOCAL_CLOUD_ACCOUNT"] ?? "";
  const environment = await Environment.open(account, () => readOutputs(stack));
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      if (!end.signal.aborted) console.error("\nending: what was struck is put right first");
      end.abort(new Ended());
    });
  }
  const results: CaseResult[] = [];
  for (const one of cases) {
    console.log(`${one.name}: ${one.what}`);
    const present = environment.managers.length;
    if (present < (one.managers ?? 1)) {
      console.log(`  left out: it takes ${one.managers} managers, and the stack has ${present} (setting managers)`);
      continue;
    }
    try {
      const result = await runCase(one, {
        ...{ environment, users, fast, up, signal: end.signal },
        say: (line) => {
          console.log(line);
        },
      });
      results.push(result);
      console.log(renderLine(result));
      // After each: what has been measured is there however the run ends.
      if (markdown !== undefined) await writeFile(markdown, renderMarkdown(results));
    } catch (error) {
      if (error instanceof Ended) break;
      throw error;
    }
  }
  const failed = results.filter(({ violations }) => violations.length > 0);
  console.log(`\n${results.length - failed.length} of ${results.length} cases passed`);
  if (failed.length > 0) console.log(`failed: ${failed.map(({ name }) => name).join(", ")}`);
  if (end.signal.aborted) return ENDED;
  if (results.length === 0) return NOT_STARTED;
  return failed.length > 0 ? 1 : 0;
}
