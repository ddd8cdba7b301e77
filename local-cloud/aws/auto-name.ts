import type { OperationContext, Properties } from "../provider/resource-type.ts";

/** The suffix of an automatic name: a hyphen and seven hexadecimal digits. */
const automaticSuffix = /-[0-9a-f]{7}$/;

/**
 * Fills a name that the program leaves to the provider: from `PROPERTYPrefix` where given, else from the resource's logical name.
 * The name stays over updates.
 */
export function fillName(
  property: string,
  news: Properties,
  olds: Properties | undefined,
  { name, randomSuffix }: Pick<OperationContext, "name" | "randomSuffix">,
): Properties {
  if (news[property] !== undefined) return news;
  const prefix = news[`${property}Prefix`];
  const old = olds?.[property];
  if (typeof prefix === "string") {
    // 26 digits: what the Terraform SDK adds to a prefix, so that limits of length fall the same.
    const kept = typeof old === "string" && old.startsWith(prefix) && old.length === prefix.length + 26;
    return { ...news, [property]: kept ? old : `${prefix}${randomSuffix(26)}` };
  }
  // By its form alone: a resource that was renamed with an alias keeps the name that was made from its former one.
  const kept = typeof old === "string" && automaticSuffix.test(old);
  return { ...news, [property]: kept ? old : `${name}-${randomSuffix(7)}` };
}

/** Whether a replacement must delete first: its explicit name is taken until then, while an automatic one is new each time. */
export function hasExplicitName(property: string, news: Properties): boolean {
  const name = news[property];
  return typeof name === "string" && news[`${property}Prefix`] === undefined && !automaticSuffix.test(name);
}

/** Complains about a name beside a prefix that it does not begin with: the program gave both. */
export function nameConflict(property: string, inputs: Properties): { property: string; reason: string }[] {
  const prefix = inputs[`${property}Prefix`];
  const name = inputs[property];
  if (typeof prefix !== "string" || typeof name !== "string" || name.startsWith(prefix)) return [];
  return [{ property: `${property}Prefix`, reason: `conflicts with ${property}: give one of them` }];
}
