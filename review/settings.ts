import type { Config } from "./config.ts";
import { holdsEncrypted, isEncrypted } from "./encrypted.ts";

/**
 * A changed setting of the stack's file. The key includes the path in its value, as
 * "aws:defaultTags.tags.Team". A value is undefined when the file lacks the setting. An encrypted
 * setting has no values.
 */
export type SettingChange = { key: string; before: unknown; after: unknown } | { key: string; secret: true };

/** Defaults of settings that don't depend on the program. */
const defaults: Config = { "aws:region": "ap-northeast-2" };

/**
 * Compares the settings of two versions of a stack's file member by member. A setting that states
 * its default counts as unchanged.
 */
export function changedSettings(before: Config, after: Config): SettingChange[] {
  return changes({ ...defaults, ...before }, { ...defaults, ...after }, "").sort((a, b) => (a.key < b.key ? -1 : 1));
}

function changes(before: Config, after: Config, prefix: string): SettingChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    const [old, current] = [before[name], after[name]];
    if (isMap(old) && isMap(current)) return changes(old, current, key);
    if (JSON.stringify(old) === JSON.stringify(current)) return [];
    if (holdsEncrypted(old) || holdsEncrypted(current)) return [{ key, secret: true as const }];
    return [{ key, before: old, after: current }];
  });
}

function isMap(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isEncrypted(value);
}
