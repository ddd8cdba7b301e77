import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { dated, readExceptionsFile, text } from "./exceptions-file.ts";
import type { Violation } from "./plan.ts";
import { rules } from "./rules.ts";

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
    ...dated,
  },
  { error: "a map with rule, stack, subject, reason and until" },
);

/** A violation that is let pass for a while. */
export type Exception = z.infer<typeof exception>;

/** Violations, and those of them that an exception lets pass. */
export interface Sorted {
  violations: Violation[];
  excepted: { violation: Violation; exception: Exception }[];
}

/**
 * Reads `policy/exceptions.yaml`, the only place that exceptions are made in.
 *
 * @throws ExceptionsError when it is no YAML, or an entry is incomplete: each needs a reason and an end.
 */
export function readExceptions(path = new URL("exceptions.yaml", import.meta.url)): Exception[] {
  return readExceptionsFile(path, `policy/${basename(fileURLToPath(path))}`, exception);
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
