import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { dated, readExceptionsFile, text } from "./exceptions-file.ts";
import type { Violation } from "./plan.ts";
import { rules } from "./rules.ts";

const exception = z.strictObject(
  {
    /** Id of the rule. */
    rule: z.enum(
      rules.map(({ id }) => id),
      { error: `one of ${rules.map(({ id }) => id).join(", ")}` },
    ),
    /** Stack in which the exception holds. */
    stack: text("the name of a stack"),
    /** Name of the resource or service. */
    subject: text('the name of a resource, or of a service as "kafka/zookeeper"'),
    ...dated,
  },
  { error: "a map with rule, stack, subject, reason and until" },
);

/** A permission to break one rule, for one subject, until a date. */
export type Exception = z.infer<typeof exception>;

/** Violations, split by whether an exception covers them. */
export interface Sorted {
  violations: Violation[];
  excepted: { violation: Violation; exception: Exception }[];
}

/**
 * Reads `policy/exceptions.yaml`, the only file with exceptions.
 *
 * @throws ExceptionsError when it isn't YAML, or when an entry lacks a key, such as its reason.
 */
export function readExceptions(path = new URL("exceptions.yaml", import.meta.url)): Exception[] {
  return readExceptionsFile(path, `policy/${basename(fileURLToPath(path))}`, exception);
}

/**
 * Splits violations into those that an exception covers and all others.
 *
 * @param today the date as 2026-11-22. An exception holds through its last day.
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
