import { readFileSync } from "node:fs";
import type { PolicyResource as EngineResource, StackValidationPolicy } from "@pulumi/policy";
import { sortOut, type Exception } from "./exceptions.ts";
import { member, type PolicyPlan, type PolicyResource, type Violation } from "./plan.ts";
import { rules } from "./rules.ts";

/**
 * The guardrails as policies of the engine, one for each rule.
 *
 * @param today tells the day by which exceptions end, as 2026-11-22.
 */
export function policiesOf(exceptions: readonly Exception[], today: () => string): StackValidationPolicy[] {
  return rules.map((rule) => ({
    name: rule.id,
    description: rule.description,
    enforcementLevel: rule.severity,
    validateStack: ({ resources }, reportViolation) => {
      const plan = planOf(resources);
      const found = rule.check(plan).map((finding) => ({ ...finding, rule }));
      for (const violation of sortOut(found, plan.stack, exceptions, today()).violations) {
        const { subject, message } = violation;
        reportViolation(`${subject} ${message}. ${rule.reason} (${rule.source})`, urnOf(violation, plan, resources));
      }
    },
  }));
}

/**
 * The URN of what a violation is about. A host, its role and its component share a name: of those it is the one in which alone the rule finds the same;
 * where that isn't one either, the engine is told none rather than a wrong one.
 */
function urnOf(
  { rule, subject, message }: Violation,
  plan: PolicyPlan,
  resources: readonly EngineResource[],
): string | undefined {
  const named = resources.flatMap(({ name, urn }, index) => (name === subject ? [{ urn, index }] : []));
  if (named.length === 1) return named[0]?.urn;
  const guilty = named.filter(({ index }) =>
    rule
      .check({ ...plan, resources: plan.resources.slice(index, index + 1) })
      .some((finding) => finding.subject === subject && finding.message === message),
  );
  return guilty.length === 1 ? guilty[0]?.urn : undefined;
}

/** A stack of the engine as rules see it. */
function planOf(resources: readonly EngineResource[]): PolicyPlan {
  const declared = resources.map(({ type, name, props }): PolicyResource => ({ type, name, inputs: known(props) }));
  return {
    stack: /^urn:pulumi:(.*?)::/.exec(resources[0]?.urn ?? "")?.[1] ?? "",
    resources: declared,
    dockerfiles: dockerfilesOf(declared),
  };
}

/** What is known of a value: in a preview the engine throws at a look at what isn't. */
function known(props: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(props).flatMap((key) => {
      try {
        const value: unknown = (props as Record<string, unknown>)[key];
        if (Array.isArray(value)) return [[key, Object.values(known(value))]];
        return [[key, typeof value === "object" && value !== null ? known(value) : value]];
      } catch {
        return [];
      }
    }),
  );
}

/** The Dockerfiles of the images, by path from the root of the project. */
function dockerfilesOf(resources: readonly PolicyResource[]): Record<string, string> {
  const paths = resources
    .map(({ inputs }) => member(inputs, "build")["dockerfile"])
    .filter((path) => typeof path === "string");
  return Object.fromEntries(paths.map((path) => [path, readFileSync(new URL(`../${path}`, import.meta.url), "utf8")]));
}
