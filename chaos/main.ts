import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { NotReadyError, readOutputs } from "../operate/stack-outputs.ts";
import { Environment } from "./environment/environment.ts";
import { runCommand } from "../operate/arguments.ts";
import { parseOptions, USAGE, type ChaosOptions } from "./options.ts";
import { type CaseResult, renderLine, renderMarkdown } from "./report.ts";
import { Cancelled, runCase } from "./run.ts";

// `./run chaos`. Exit codes: 0 all cases passed, 1 a case failed, 2 none could be started, 130
// cancelled.
const NOT_STARTED = 2;
const ENDED = 130;

await runCommand(USAGE, async (args) => {
  const options = parseOptions(args);
  try {
    return await runCases(options);
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    console.error(`error: ${error.message}`);
    return NOT_STARTED;
  }
});

/** Runs `./run up --refresh`. */
async function up(options: readonly string[]): Promise<void> {
  await execa(fileURLToPath(new URL("../run", import.meta.url)), ["up", "--refresh", ...options], {
    stdin: "ignore",
    detached: true,
  });
}

async function runCases({ cases, fast, users, stack, markdown }: ChaosOptions): Promise<number> {
  const account = process.env["LOCAL_CLOUD_ACCOUNT"] ?? "";
  const environment = await Environment.open(account, () => readOutputs(stack));
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      if (!end.signal.aborted) console.error("\ncancelled: removing the fault first");
      end.abort(new Cancelled());
    });
  }
  const results: CaseResult[] = [];
  for (const one of cases) {
    console.log(`${one.name}: ${one.description}`);
    const present = environment.hosts.managers.length;
    if (present < (one.managers ?? 1)) {
      console.log(`  skipped: it needs ${one.managers} managers, and the stack has ${present} (setting managers)`);
      continue;
    }
    try {
      const result = await runCase(one, {
        ...{ environment, users, fast, up, signal: end.signal },
        report: (line) => {
          console.log(line);
        },
      });
      results.push(result);
      console.log(renderLine(result));
      // Written after each case, so that a run that fails keeps its results.
      if (markdown !== undefined) await writeFile(markdown, renderMarkdown(results));
    } catch (error) {
      if (error instanceof Cancelled) break;
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
