import { syntheticSecretPattern } from "local-cloud/dry-run/synthetic-values.ts";
import type { Resource } from "./plan.ts";

/**
 * Shows a text to a reader: what was made up on paper by the name of where it comes from, secrets
 * masked.
 */
export type Show = (text: string) => string;

/** Shorter values than this would be found inside of others. */
const SHORTEST = 7;

/**
 * How to show texts from before and after a change. An id, address or digest that is made up stands
 * as `{worker-1.id}`; one that the change makes another stands as `{worker-1.id, new}`, so that a
 * text in which nothing but the reference changed says so.
 */
export function labels(before: readonly Resource[], after: readonly Resource[]): { before: Show; after: Show } {
  const olds = madeUp(before);
  const fresh = new Map([...madeUp(after)].filter(([value]) => !olds.has(value)).map(([value, name]) => [value, name]));
  const known = new Set(olds.values());
  const marked = new Map([...fresh].map(([value, name]) => [value, known.has(name) ? `${name}, new` : name]));
  return { before: showing(olds), after: showing(new Map([...olds, ...marked])) };
}

/** Returns the origin of each made-up value. */
function madeUp(resources: readonly Resource[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, custom, inputs, outputs } of resources) {
    if (!custom) continue;
    const given = new Set(Object.values(inputs));
    for (const [key, output] of Object.entries(outputs)) {
      if (typeof output !== "string" || given.has(output)) continue;
      const value = output.trim();
      if (value.length < SHORTEST || found.has(value)) continue;
      if (key === "arn" || value.includes("\n") || value.includes("[secret]")) continue;
      found.set(value, `${name}.${key}`);
    }
  }
  return found;
}

function showing(names: ReadonlyMap<string, string>): Show {
  const values = [...names.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const pattern = new RegExp(
    values.map((value) => value.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|") || "(?!)",
    "g",
  );
  return (text) =>
    text.replaceAll(pattern, (value) => `{${names.get(value) ?? value}}`).replaceAll(syntheticSecretPattern, "[secret]");
}
