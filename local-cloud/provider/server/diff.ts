import { UNKNOWN, type Properties, type ResourceType, type Value } from "../resource-type.ts";
import { dottedNames, formatPath, type Path } from "./paths.ts";
import { isObject } from "./values.ts";

export interface Change {
  path: Path;
  kind: "add" | "delete" | "update";
  replaces: boolean;
}

/** The parts of a resource type that decide the effect of a change. */
export type ChangeRules = Pick<ResourceType, "replaceOn" | "ignoreChanges" | "update">;

/**
 * Compares a resource's inputs, with secrets unwrapped. An unknown value counts as changed, because
 * the engine plans for the worst. Members that the SDK adds for itself (two leading underscores)
 * are ignored.
 */
export function diffInputs(olds: Properties, news: Properties, rules: ChangeRules): Change[] {
  const ignoreChanges = rules.ignoreChanges ?? [];
  const found = compare(olds, news, [])
    .filter((change) => !isUnder(change, ignoreChanges))
    .map((change) => ({ ...change, replaces: rules.update === undefined }));
  if (typeof rules.replaceOn === "function") return markByFunction(found, rules.replaceOn(olds, news));
  const patterns = rules.replaceOn;
  return found.map((change) => ({ ...change, replaces: change.replaces || touches(change, patterns) }));
}

type Found = Omit<Change, "replaces"> & { value: Value | undefined };

function compare(old: Value | undefined, current: Value | undefined, path: Path): Found[] {
  if (old === undefined || old === null) {
    return current === undefined || current === null ? [] : [{ path, kind: "add", value: current }];
  }
  if (current === undefined || current === null) return [{ path, kind: "delete", value: old }];
  if (current === UNKNOWN) return [{ path, kind: "update", value: old }];
  if (Array.isArray(old) && Array.isArray(current)) {
    const length = Math.max(old.length, current.length);
    return Array.from({ length }, (_, index) => compare(old[index], current[index], [...path, index])).flat();
  }
  if (isObject(old) && isObject(current)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(current)])].filter((name) => !name.startsWith("__"));
    return names.flatMap((name) => compare(old[name], current[name], [...path, name]));
  }
  return old === current ? [] : [{ path, kind: "update", value: current }];
}

function isUnder({ path }: Found, patterns: readonly string[]): boolean {
  const name = dottedNames(path);
  return patterns.some((pattern) => name === pattern || name.startsWith(`${pattern}.`));
}

/**
 * Returns true for a change at or under a replacing path. It is also true for an object that was
 * added or deleted with a replacing property in it.
 */
function touches({ path, value }: Found, patterns: readonly string[]): boolean {
  const names = [dottedNames(path), ...namesWithin(value, path)];
  return patterns.some((pattern) => names.some((name) => name === pattern || name.startsWith(`${pattern}.`)));
}

function namesWithin(value: Value | undefined, path: Path): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => namesWithin(item, [...path, index]));
  if (!isObject(value)) return [dottedNames(path)];
  return Object.entries(value).flatMap(([name, item]) => namesWithin(item, [...path, name]));
}

function markByFunction(found: (Found & Change)[], replacing: readonly string[]): Change[] {
  const marked = found.map((change) => ({ ...change, replaces: change.replaces || touches(change, replacing) }));
  const unmatched = replacing.filter((name) => !marked.some((change) => touches(change, [name])));
  return [...marked, ...unmatched.map((name) => ({ path: [name], kind: "update" as const, replaces: true }))];
}

/** Returns the top-level properties that replace the resource. */
export function replacingProperties(changes: readonly Change[]): string[] {
  return [...new Set(changes.filter((change) => change.replaces).map(({ path }) => formatPath(path.slice(0, 1))))];
}
