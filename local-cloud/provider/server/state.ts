import { UNKNOWN, type Properties, type Value } from "../resource-type.ts";
import { isObject } from "./values.ts";

/**
 * Returns the outputs that are known in the preview of an update. The output of a removed input is
 * unknown.
 */
export function previewOfUpdate(
  olds: Properties,
  oldInputs: Properties,
  news: Properties,
  unstable: readonly string[] = [],
): Properties {
  const gone = Object.keys(oldInputs).filter((name) => !(name in news));
  const unknown = [...gone, ...unstable].map((name) => [name, UNKNOWN] as const);
  return { ...olds, ...news, ...Object.fromEntries(unknown) };
}

/**
 * Returns the inputs as they are in the cloud: each old input with its present value in the
 * outputs. Members that were not set are left out, because the cloud fills them. A list with the
 * same items in another order has not changed.
 */
export function inputsFromOutputs(oldInputs: Properties, outputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(oldInputs).map(([name, old]) => [name, name in outputs ? overlay(old, outputs[name]) : old]),
  );
}

function overlay(old: Value, current: Value | undefined): Value {
  if (current === undefined) return old;
  if (isObject(old) && isObject(current)) return inputsFromOutputs(old, current);
  if (Array.isArray(old) && Array.isArray(current)) {
    if (old.length !== current.length) return current;
    if (sameItems(old, current)) return old;
    return old.map((item, index) => overlay(item, current[index]));
  }
  return current;
}

function sameItems(left: Value[], right: Value[]): boolean {
  const sorted = (list: Value[]) => list.map((item) => JSON.stringify(item)).sort();
  const [a, b] = [sorted(left), sorted(right)];
  return a.every((item, index) => item === b[index]);
}
