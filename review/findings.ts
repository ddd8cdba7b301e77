import { syntheticSecretPattern } from "local-cloud/dry-run/synthetic-values.ts";
import type { PolicyPlan, Violation } from "../policy/plan.ts";
import { sortOut, type Exception, type Sorted } from "../policy/exceptions.ts";
import { violations } from "../policy/rules.ts";
import type { Resource, StackPlan } from "./plan.ts";

/** Violations after a change, separated from those that existed before. */
export interface Findings extends Sorted {
  /** Violations that are new with the change. */
  fresh: Violation[];
  /** Violations that existed before. */
  known: Violation[];
}

/** Checks a change by the guardrails. */
export function findingsOf(plan: StackPlan, exceptions: readonly Exception[], today: string): Findings {
  const before = new Set(violations(policyPlan(plan, "before")).map(keyOf));
  const sorted = sortOut(violations(policyPlan(plan, "after")), plan.stack, exceptions, today);
  return {
    ...sorted,
    fresh: sorted.violations.filter((violation) => !before.has(keyOf(violation))),
    known: sorted.violations.filter((violation) => before.has(keyOf(violation))),
  };
}

function policyPlan(plan: StackPlan, side: "before" | "after"): PolicyPlan {
  const resources: readonly Resource[] = plan[side];
  const isSecret = (text: string) => text.search(syntheticSecretPattern) >= 0;
  return { stack: plan.stack, resources, dockerfiles: plan.dockerfiles[side], isSecret };
}

function keyOf({ rule, subject, message }: Violation): string {
  return `${rule.id}\n${subject}\n${message}`;
}
