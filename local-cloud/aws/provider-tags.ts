import { z } from "zod";
import { UNKNOWN, type Properties, type ResourceType, type Value } from "../provider/resource-type.ts";
import { hasUnknown, isObject } from "../provider/server/values.ts";
import { tagsInput } from "./inputs.ts";

/** Tag settings of the provider's configuration. */
export interface TagSettings {
  /** Tags of every resource. A resource's own tag with the same key takes precedence. */
  defaults: Record<string, string>;
  /** Keys that the provider doesn't manage. */
  ignoredKeys: readonly string[];
  ignoredPrefixes: readonly string[];
}

let settings: TagSettings = { defaults: {}, ignoredKeys: [], ignoredPrefixes: [] };

/** Sets the tag settings. The provider's configuration calls it once. */
export function setTagSettings(given: TagSettings): void {
  settings = given;
}

/**
 * Returns the resource type with the provider's tags. As in the real provider, they are the input
 * `tagsAll`, so a change of them updates each resource with tags. Without tag settings there is no
 * such input.
 */
export function withProviderTags(type: ResourceType): ResourceType {
  const { inputs } = type;
  if (!(inputs instanceof z.ZodObject) || !("tags" in inputs.shape)) return type;
  if (!("update" in type)) throw new Error(`${type.token} has tags but no update`);
  return {
    ...type,
    inputs: inputs.extend({ tagsAll: tagsInput }),
    defaults: (news, olds, context) => {
      const given = type.defaults?.(news, olds, context) ?? news;
      const { defaults, ignoredKeys, ignoredPrefixes } = settings;
      if ([...Object.keys(defaults), ...ignoredKeys, ...ignoredPrefixes].length === 0) return given;
      return { ...given, tagsAll: allTags(given["tags"]) };
    },
    read: async (id, state) => {
      const found = await type.read(id, state);
      if (found === undefined || found.inputs !== undefined || Object.keys(state).length > 0) return found;
      return { ...found, inputs: importedInputs(inputs, found.outputs) };
    },
  };
}

function allTags(own: Value | undefined): Value {
  if (hasUnknown(own)) return UNKNOWN;
  const { defaults, ignoredKeys, ignoredPrefixes } = settings;
  const all = { ...defaults, ...(isObject(own) ? own : {}) };
  const isIgnored = (key: string) =>
    ignoredKeys.includes(key) || ignoredPrefixes.some((prefix) => key.startsWith(prefix));
  return Object.fromEntries(Object.entries(all).filter(([key]) => !isIgnored(key)));
}

/** Returns the inputs of an imported resource. `tagsAll` follows from the others. */
function importedInputs(inputs: z.ZodObject, outputs: Properties): Properties {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name in inputs.shape));
}
