/** A changed setting in the stack's file. */
export interface SettingChange {
  /** Its key and the path in the key's value, such as "aws:defaultTags.tags.Team". */
  key: string;
  /** Undefined when the file has no such setting. */
  before: unknown;
  after: unknown;
}

/** A stack's settings, by key. */
export type Config = Readonly<Record<string, unknown>>;

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
    return JSON.stringify(old) === JSON.stringify(current) ? [] : [{ key, before: old, after: current }];
  });
}

function isMap(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
