import { paperSecretPattern } from "../local-cloud/paper/made-up.ts";
import type { PolicyPlan, Violation } from "../policy/plan.ts";
import { covers, sortOut, type Exception, type Sorted } from "../policy/exceptions.ts";
import { violations } from "../policy/rules.ts";
import type { Resource, StackPlan } from "./plan.ts";

/** What breaks the guardrails after a change, told apart from what broke them before. */
export interface Findings extends Sorted {
  /** Those of `violations` that the change brings. */
  fresh: Violation[];
  /** Those that an exception let pass until it ended. */
  ended: Violation[];
  /** Those that were there already, and that nobody made an exception for. */
  known: Violation[];
}

/** Judges a change by the guardrails. */
export function findingsOf(plan: StackPlan, exceptions: readonly Exception[], today: string): Findings {
  const before = new Set(violations(policyPlan(plan, "before")).map(keyOf));
  const sorted = sortOut(violations(policyPlan(plan, "after")), plan.stack, exceptions, today);
  const found = { fresh: [] as Violation[], ended: [] as Violation[], known: [] as Violation[] };
  for (const violation of sorted.violations) {
    if (!before.has(keyOf(violation))) found.fresh.push(violation);
    else if (exceptions.some((exception) => covers(exception, violation, plan.stack))) found.ended.push(violation);
    else found.known.push(violation);
  }
  return { ...sorted, ...found };
}

/**
 * Does a change break a mandatory guardrail? What was broken before is told and is not the change's, unless its time is over: an exception that ended
 * would go unnoticed.
 */
export function breaksGuardrails({ fresh, ended }: Findings): boolean {
  return [...fresh, ...ended].some(({ rule }) => rule.severity === "mandatory");
}

function policyPlan(plan: StackPlan, side: "before" | "after"): PolicyPlan {
  const resources: readonly Resource[] = plan[side];
  const isSecret = (text: string) => text.search(paperSecretPattern) >= 0;
  return { stack: plan.stack, resources, dockerfiles: plan.dockerfiles[side], isSecret };
}

function keyOf({ rule, subject, message }: Violation): string {
  return `${rule.id}\n${subject}\n${message}`;
}
