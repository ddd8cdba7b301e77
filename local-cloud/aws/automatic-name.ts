import { z } from "zod";
import type { Properties, ResourceType } from "../provider/resource-type.ts";

/**
 * The member of the inputs in which the real provider notes what it filled in itself. A schema of a type with automatic names
 * has it: `__defaults: automaticMarker`.
 */
export const automaticMarker = z.array(z.string()).optional();

/** How a resource type gets a name where the program gives none. */
export interface AutomaticName {
  /** "name", "keyName". */
  property: string;
  /** The property with a prefix for the name, where the type has one. */
  prefixProperty?: string;
}

/**
 * Names as the real provider gives them: the logical name with 7 random digits, or the prefix with 26. A name stays as long as the
 * resource; a replacement gets another one, so that it can be made before the old one goes. With a name that the program gave, the
 * old one must go first.
 */
export function automaticName({
  property,
  prefixProperty,
}: AutomaticName): Required<Pick<ResourceType, "defaults" | "deleteBeforeReplace">> {
  return {
    defaults(news, olds, context): Properties {
      if (news[property] !== undefined) return news;
      const prefix = prefixProperty === undefined ? undefined : news[prefixProperty];
      const old = isAutomatic(olds, property) ? olds?.[property] : undefined;
      const samePrefix = prefixProperty === undefined || olds?.[prefixProperty] === prefix;
      const fresh =
        typeof prefix === "string"
          ? `${prefix}${context.randomSuffix(26)}`
          : `${context.name}-${context.randomSuffix(7)}`;
      return { ...news, [property]: samePrefix && old !== undefined ? old : fresh, __defaults: [property] };
    },
    deleteBeforeReplace: (news) => !isAutomatic(news, property),
  };
}

function isAutomatic(inputs: Properties | undefined, property: string): boolean {
  const marked = inputs?.["__defaults"];
  return Array.isArray(marked) && marked.includes(property);
}
