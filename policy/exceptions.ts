import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { Violation } from "./plan.ts";
import { rules } from "./rules.ts";

const exception = z.strictObject({
  /** The rule's id. */
  rule: z.string().refine((id) => rules.some((rule) => rule.id === id), {
    error: () => `one of ${rules.map(({ id }) => id).join(", ")}`,
  }),
  /** The stack that it holds for. */
  stack: z.string().min(1),
  /** The resource's or service's name. */
  subject: z.string().min(1),
  reason: z.string().min(10, { error: "a sentence that says why" }),
  /** The last day that it holds. */
  until: z.iso.date({ error: "a day as 2026-12-31" }),
});

const file = z.strictObject({ exceptions: z.array(exception) });

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
 * @throws z.ZodError when an entry is incomplete: each needs a reason and an end.
 */
export function readExceptions(path = new URL("exceptions.yaml", import.meta.url)): Exception[] {
  return file.parse(parse(readFileSync(path, "utf8"))).exceptions;
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
