import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { problemsOf } from "../infra/problems.ts";
import type { Violation } from "./plan.ts";
import { rules } from "./rules.ts";

/** A text, and in an error what it may be: messages of ours are what is allowed. */
const text = (allowed: string, shortest = 1) => z.string({ error: allowed }).min(shortest, { error: allowed });

const exception = z.strictObject(
  {
    /** The rule's id. */
    rule: z.enum(
      rules.map(({ id }) => id),
      { error: `one of ${rules.map(({ id }) => id).join(", ")}` },
    ),
    /** The stack that it holds for. */
    stack: text("the name of a stack"),
    /** The resource's or service's name. */
    subject: text('the name of a resource, or of a service as "kafka/zookeeper"'),
    reason: text("a sentence that says why", 10),
    /** The last day that it holds. */
    until: z.iso.date({ error: "a day as 2026-12-31" }),
  },
  { error: "a map with rule, stack, subject, reason and until" },
);

const file = z.strictObject(
  { exceptions: z.array(exception, { error: "a list of exceptions, [] for none" }) },
  { error: "a map with the key exceptions" },
);

/** A violation that is let pass for a while. */
export type Exception = z.infer<typeof exception>;

/** Violations, and those of them that an exception lets pass. */
export interface Sorted {
  violations: Violation[];
  excepted: { violation: Violation; exception: Exception }[];
}

/** All that is wrong with the file of exceptions, one line for each, for the one who wrote it. */
export class ExceptionsError extends Error {
  readonly code = "EXCEPTIONS_INVALID";
  readonly file: string;
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${file} can't be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, options);
    this.name = "ExceptionsError";
    this.file = file;
    this.problems = problems;
  }
}

/**
 * Reads `policy/exceptions.yaml`, the only place that exceptions are made in.
 *
 * @throws ExceptionsError when it is no YAML, or an entry is incomplete: each needs a reason and an end.
 */
export function readExceptions(path = new URL("exceptions.yaml", import.meta.url)): Exception[] {
  const name = `policy/${basename(fileURLToPath(path))}`;
  const given = parsed(name, readFileSync(path, "utf8"));
  const result = file.safeParse(given);
  if (result.success) return result.data.exceptions;
  throw new ExceptionsError(name, problemsOf(result.error, given, { prefix: "", key: "a key of it" }));
}

function parsed(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new ExceptionsError(name, [`it is no YAML: ${error.message.split("\n")[0]?.replace(/:$/, "") ?? ""}`], {
      cause: error,
    });
  }
}

/**
 * Tells violations that an exception covers from those that none does.
 *
 * @param today as 2026-11-22: an exception holds through its last day.
 */
export function sortOut(
  found: readonly Violation[],
  stack: string,
  exceptions: readonly Exception[],
  today: string,
): Sorted {
  const sorted: Sorted = { violations: [], excepted: [] };
  for (const violation of found) {
    const exception = exceptions.find(
      (one) =>
        one.rule === violation.rule.id &&
        one.stack === stack &&
        one.subject === violation.subject &&
        one.until >= today,
    );
    if (exception === undefined) sorted.violations.push(violation);
    else sorted.excepted.push({ violation, exception });
  }
  return sorted;
}
