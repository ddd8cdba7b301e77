import type { Properties } from "../provider/resource-type.ts";

/** Properties without those of that name. */
export function omit(properties: Properties, ...names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}
