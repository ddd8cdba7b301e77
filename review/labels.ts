import { syntheticSecretPattern } from "local-cloud/dry-run/synthetic-values.ts";
import type { Resource } from "./plan.ts";

/** Renders a text for a reader: synthetic values by the name of their origin, secrets masked. */
export type Show = (text: string) => string;

/** Shortest value that is replaced. Shorter ones occur in other texts by chance. */
const SHORTEST = 7;

/**
 * Returns functions that render texts from before and after a change. A synthetic id, address or
 * digest is rendered as `{worker-1.id}`. If the change replaces it, it is `{worker-1.id, new}`, so
 * a text in which only the reference changed shows that.
 */
export function labels(before: readonly Resource[], after: readonly Resource[]): { before: Show; after: Show } {
  const olds = originsOf(before);
  const fresh = new Map(
    [...originsOf(after)].filter(([value]) => !olds.has(value)).map(([value, name]) => [value, name]),
  );
  const known = new Set(olds.values());
  const marked = new Map([...fresh].map(([value, name]) => [value, known.has(name) ? `${name}, new` : name]));
  return { before: showing(olds), after: showing(new Map([...olds, ...marked])) };
}

/** Returns the origin of each synthetic value. */
function originsOf(resources: readonly Resource[]): Map<string, string> {
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
    text
      .replaceAll(pattern, (value) => `{${names.get(value) ?? value}}`)
      .replaceAll(syntheticSecretPattern, "[secret]");
}
