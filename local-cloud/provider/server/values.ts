import { UNKNOWN, type Properties, type Value } from "../resource-type.ts";
import type { Path } from "./paths.ts";

/** Returns true for an object with named members, and false for lists, scalars and null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isObject(value: Value | undefined): value is Properties {
  return isRecord(value);
}

/** Returns true if the value or anything in it is still unknown. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Removes unknown values, also those in nested objects and lists. */
export function withoutUnknown(properties: Properties): Properties {
  const prune = (value: Value): Value => {
    if (Array.isArray(value)) return value.filter((item) => item !== UNKNOWN).map(prune);
    return isObject(value) ? withoutUnknown(value) : value;
  };
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== UNKNOWN)
      .map(([key, value]) => [key, prune(value)]),
  );
}

/** Returns the value at a path, or UNKNOWN if the path leads through an unknown value. */
export function valueAt(value: Value | undefined, path: Path): Value | undefined {
  let current = value;
  for (const part of path) {
    if (current === UNKNOWN) return UNKNOWN;
    if (Array.isArray(current)) current = current[Number(part)];
    else if (isObject(current)) current = current[part];
    else return undefined;
  }
  return current;
}
