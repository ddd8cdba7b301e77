import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { readArguments, runCommand, UsageError } from "../operate/arguments.ts";
import { ExceptionsError } from "../policy/exceptions-file.ts";
import { readExceptions, type Exception } from "../policy/exceptions.ts";
import { ReviewError } from "./review-error.ts";
import { compareStack } from "./compare.ts";
import { compile } from "./compiler.ts";
import { findingsOf } from "./findings.ts";
import { report } from "./report.ts";
import { stacksSince } from "./renamed-stacks.ts";
import { findBase } from "./trees.ts";

/** Exit codes of ./run review. */
const exit = { fine: 0, violation: 1, failed: 2 } as const;

const checkout = resolve(import.meta.dirname, "..");

const USAGE = `Usage: ./run review [BASE] [OPTION]...

Reviews the changes of the working tree in a dry run, without any cloud.

  BASE              a commit, branch or tag to compare with (default: where the branch left main)
  --markdown FILE   write the report to FILE instead of printing it
  --stack NAME      a stack to review; repeat it for several (default: those of BASE)
  --today DATE      the date at which exceptions are checked, such as 2026-12-24 (default: today)`;
const schema = z.strictObject({
  markdown: z.string().optional(),
  stack: z.array(z.string()).optional(),
  today: z.iso.date({ error: "a date, such as 2026-12-24" }).default(() => new Date().toISOString().slice(0, 10)),
});
const area = join(checkout, ".local/review");
const [work, cache] = [join(area, "work"), join(area, "cache")];

await runCommand(USAGE, async (args) => {
  const text = { type: "string" } as const;
  const { options, names } = readArguments(args, {
    options: { markdown: text, stack: { ...text, multiple: true }, today: text },
    schema,
    wrongName: () => undefined,
  });
  if (names.length > 1) throw new UsageError(`give one BASE to compare with, not ${names.join(" and ")}`);
  try {
    return await review({ ...options, base: names[0] });
  } catch (error) {
    if (!(error instanceof ReviewError)) console.error(error);
    else
      console.error(
        [`error: can't review the change: ${error.message}`, ...error.details.map((line) => `  ${line}`)].join("\n"),
      );
    return exit.failed;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});

/** Reviews the stacks, writes the report and returns the exit code. */
async function review({
  base: name,
  stack: chosen,
  markdown,
  today,
}: z.output<typeof schema> & { base: string | undefined }): Promise<number> {
  const exceptions = exceptionsOrError();
  await mkdir(cache, { recursive: true });
  const base = await findBase(checkout, name);
  const names = await stacksSince(checkout, base);
  const formerNames = new Map([...names].map(([before, after]) => [after, before]));
  const stacks = chosen ?? [...names.values()].sort();
  const [, ...plans] = await all([
    compile(checkout, cache),
    ...stacks.map((stack) => {
      const formerStack = formerNames.get(stack) ?? stack;
      return compareStack({ checkout, base, stack, formerStack, work: join(work, stack), cache });
    }),
  ] as const);
  const reviewed = plans.map((plan) => ({ plan, findings: findingsOf(plan, exceptions, today) }));
  const text = report(base.name, reviewed);
  if (markdown === undefined) process.stdout.write(text);
  else await writeFile(markdown, text);
  const broken = reviewed.some(({ findings }) => findings.violations.some(({ rule }) => rule.severity === "mandatory"));
  return broken ? exit.violation : exit.fine;
}

/**
 * Reads the exceptions to the guardrails.
 *
 * @throws ReviewError when their file is faulty, because the violations are then unknown.
 */
function exceptionsOrError(): Exception[] {
  try {
    return readExceptions();
  } catch (error) {
    if (!(error instanceof ExceptionsError)) throw error;
    throw new ReviewError(`${error.file} can't be used`, error.problems, { cause: error });
  }
}

/**
 * Waits for all promises, even after a failure: an engine that still runs would write to a folder
 * that is being removed.
 */
async function all<T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
