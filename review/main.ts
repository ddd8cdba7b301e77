import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { ExceptionsError } from "../policy/exceptions-file.ts";
import { readExceptions, type Exception } from "../policy/exceptions.ts";
import { CannotJudge } from "./cannot-judge.ts";
import { compareStack } from "./compare.ts";
import { compile } from "./compiler.ts";
import { findingsOf } from "./findings.ts";
import { report } from "./report.ts";
import { findBase } from "./trees.ts";

/** Exit codes of ./run review. */
const exit = { fine: 0, violation: 1, cannotJudge: 2 } as const;

const checkout = resolve(import.meta.dirname, "..");

const program = new Command("./run review")
  .description("Reviews what the working tree would change, on paper: no cloud is asked, nothing is started.")
  .argument("[base]", "what to compare with: a commit, branch or tag (default: where the work left main)")
  .option("--markdown <file>", "write the report there instead of printing it")
  .option("--stack <names...>", "stacks to review", ["dev", "local"])
  .option("--today <date>", "the day by which exceptions end", new Date().toISOString().slice(0, 10))
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exit.fine : exit.cannotJudge))
  .parse();

const { markdown, stack: stacks, today } = program.opts<{ markdown?: string; stack: string[]; today: string }>();
const area = join(checkout, ".local/review");
const [work, cache] = [join(area, "work"), join(area, "cache")];

try {
  const exceptions = exceptionsOrWhy();
  await mkdir(cache, { recursive: true });
  const base = await findBase(checkout, program.args[0]);
  const [, ...plans] = await all([
    compile(checkout, cache),
    ...stacks.map((stack) => compareStack({ checkout, base, stack, work: join(work, stack), cache })),
  ] as const);
  const reviewed = plans.map((plan) => ({ plan, findings: findingsOf(plan, exceptions, today) }));
  const text = report(base.name, reviewed);
  if (markdown === undefined) process.stdout.write(text);
  else await writeFile(markdown, text);
  const broken = reviewed.some(({ findings }) => findings.violations.some(({ rule }) => rule.severity === "mandatory"));
  process.exitCode = broken ? exit.violation : exit.fine;
} catch (error) {
  if (!(error instanceof CannotJudge)) console.error(error);
  else
    console.error(
      [`error: can't judge the change: ${error.message}`, ...error.details.map((line) => `  ${line}`)].join("\n"),
    );
  process.exitCode = exit.cannotJudge;
} finally {
  await rm(work, { recursive: true, force: true });
}

/**
 * @throws CannotJudge when the file of exceptions is faulty: which violations it lets pass can't be
 * known then.
 */
function exceptionsOrWhy(): Exception[] {
  try {
    return readExceptions();
  } catch (error) {
    if (!(error instanceof ExceptionsError)) throw error;
    throw new CannotJudge(`${error.file} can't be used`, error.problems, { cause: error });
  }
}

/**
 * Waits for each, whatever becomes of the others: an engine that is left alone would go on in a
 * folder that is being removed.
 */
async function all<T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
