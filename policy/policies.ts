import { readFileSync } from "node:fs";
import type { PolicyResource as EngineResource, StackValidationPolicy } from "@pulumi/policy";
import { sortOut, type Exception } from "./exceptions.ts";
import { member, type PolicyPlan, type PolicyResource, type Violation } from "./plan.ts";
import { rules } from "./rules.ts";

/**
 * Returns the guardrails as policies of the engine, one for each rule.
 *
 * @param today returns the current date as 2026-11-22; exceptions end by it.
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
 * Returns the URN of the resource that breaks a rule. Several resources may share the subject's
 * name, as a host, its role and its component do. Then the rule is checked on each of them alone.
 * Returns undefined unless exactly one of them breaks it, as a wrong URN would mislead.
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

/** Converts the engine's resources to a plan. */
function planOf(resources: readonly EngineResource[]): PolicyPlan {
  const declared = resources.map(({ type, name, props }): PolicyResource => ({ type, name, inputs: known(props) }));
  return {
    stack: /^urn:pulumi:(.*?)::/.exec(resources[0]?.urn ?? "")?.[1] ?? "",
    resources: declared,
    dockerfiles: dockerfilesOf(declared),
  };
}

/** Copies the known parts of a value. In a preview, reading an unknown property throws. */
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

/** Reads the Dockerfiles of all images, by path from the root of the project. */
function dockerfilesOf(resources: readonly PolicyResource[]): Record<string, string> {
  const paths = resources
    .map(({ inputs }) => member(inputs, "build")["dockerfile"])
    .filter((path) => typeof path === "string");
  return Object.fromEntries(paths.map((path) => [path, readFileSync(new URL(`../${path}`, import.meta.url), "utf8")]));
}
