import type { OperationContext, Properties } from "../provider/resource-type.ts";

/** The suffix of an automatic name: a hyphen and seven hexadecimal digits. */
const automaticSuffix = /-[0-9a-f]{7}$/;

/**
 * Returns the inputs with an automatic name where the program gives none. The name begins with the
 * input `PROPERTYPrefix` or, without one, with the resource's logical name. Updates keep it.
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
    // The Terraform SDK adds 26 digits to a prefix. With as many here, limits of length apply
    // in the same way.
    const kept = typeof old === "string" && old.startsWith(prefix) && old.length === prefix.length + 26;
    return { ...news, [property]: kept ? old : `${prefix}${randomSuffix(26)}` };
  }
  // Compares the suffix alone: a resource that an alias renames keeps the name that was made from
  // its former logical name.
  const kept = typeof old === "string" && automaticSuffix.test(old);
  return { ...news, [property]: kept ? old : `${name}-${randomSuffix(7)}` };
}

/**
 * Returns true for a name that the program chose. A replacement must then delete the old resource
 * first, because the name is in use. An automatic name is new each time.
 */
export function hasExplicitName(property: string, news: Properties): boolean {
  const name = news[property];
  return typeof name === "string" && news[`${property}Prefix`] === undefined && !automaticSuffix.test(name);
}

/**
 * Returns a failure when the program gives a name and a prefix that the name doesn't begin with.
 */
export function nameConflict(property: string, inputs: Properties): { property: string; reason: string }[] {
  const prefix = inputs[`${property}Prefix`];
  const name = inputs[property];
  if (typeof prefix !== "string" || typeof name !== "string" || name.startsWith(prefix)) return [];
  return [{ property: `${property}Prefix`, reason: `conflicts with ${property}: set only one of them` }];
}
