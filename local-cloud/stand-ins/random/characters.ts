import { randomInt } from "node:crypto";
import { z } from "zod";
import type { CheckFailure, Properties } from "../../provider/resource-type.ts";

const count = z.number().int().min(0, "must be 0 or more").optional();

export const characterInputs = z.strictObject({
  length: z.number().int().min(1, "must be 1 or more"),
  lower: z.boolean().optional(),
  upper: z.boolean().optional(),
  numeric: z.boolean().optional(),
  /** The former name of `numeric`. */
  number: z.boolean().optional(),
  special: z.boolean().optional(),
  overrideSpecial: z.string().optional(),
  minLower: count,
  minUpper: count,
  minNumeric: count,
  minSpecial: count,
  keepers: z.record(z.string(), z.string()).optional(),
});
export type CharacterInputs = z.infer<typeof characterInputs>;

/** All inputs: a random value is never updated, only replaced. */
export const characterReplaceOn = Object.keys(characterInputs.shape);

export interface CharacterKind {
  characters: string;
  minimum: number;
}

export function checkCharacters(inputs: Partial<CharacterInputs>): CheckFailure[] {
  const kinds = kindsOf(inputs);
  const needed = kinds.reduce((sum, { minimum }) => sum + minimum, 0);
  if (inputs.numeric !== undefined && inputs.number !== undefined && inputs.numeric !== inputs.number) {
    return [{ property: "number", reason: "must be the same as numeric if both are given" }];
  }
  if (inputs.length !== undefined && inputs.length < needed) {
    const reason = `must be at least minLower + minUpper + minNumeric + minSpecial, ${needed} (got ${inputs.length})`;
    return [{ property: "length", reason }];
  }
  if (kinds.every(({ characters }) => characters === "")) {
    return [{ property: "special", reason: "one of lower, upper, numeric and special must be true" }];
  }
  return [];
}

/**
 * Returns the kinds of characters to choose from. As in the real plugin, a disabled kind still has
 * its minimum.
 */
function kindsOf(inputs: Partial<CharacterInputs>): (CharacterKind & { general: boolean })[] {
  const special = inputs.overrideSpecial ?? "";
  const kind = (general: boolean, characters: string, minimum = 0) => ({
    general,
    minimum,
    characters: general || minimum > 0 ? characters : "",
  });
  return [
    kind(inputs.lower ?? true, "abcdefghijklmnopqrstuvwxyz", inputs.minLower),
    kind(inputs.upper ?? true, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", inputs.minUpper),
    kind(inputs.numeric ?? inputs.number ?? true, "0123456789", inputs.minNumeric),
    kind(inputs.special ?? true, special === "" ? "!@#$%&*()-_=+[]{}<>:?" : special, inputs.minSpecial),
  ];
}

/** Returns random text with the given length and at least the minimum of each kind. */
export function randomText(inputs: CharacterInputs): string {
  const kinds = kindsOf(inputs);
  const chosen = kinds.flatMap(({ characters, minimum }) => pick(characters, minimum));
  const all = kinds.map(({ general, characters }) => (general ? characters : "")).join("");
  return shuffled([...chosen, ...pick(all, inputs.length - chosen.length)]).join("");
}

/** Returns the outputs of the real plugin: its inputs with defaults, and the text. */
export function characterOutputs(inputs: CharacterInputs, result: string): Properties {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  const defaults = { lower: true, upper: true, special: true, minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };
  return { ...defaults, ...(inputs as Properties), numeric, number: numeric, result };
}

function pick(characters: string, count: number): string[] {
  const each = Array.from(characters);
  return Array.from({ length: count }, () => each[randomInt(each.length)] ?? "");
}

/** Shuffles the items by choosing each next one at random. */
function shuffled(items: string[]): string[] {
  const rest = [...items];
  return items.map(() => rest.splice(randomInt(rest.length), 1)[0] ?? "");
}
