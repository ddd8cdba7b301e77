import { compare, type Resource } from "./plan.ts";

/** Number of resources of a type. */
export interface SizeLine {
  type: string;
  before: number;
  after: number;
}

/** Counts the cloud's resources by type, before and after. */
export function sizes(before: readonly Resource[], after: readonly Resource[]): SizeLine[] {
  const count = (resources: readonly Resource[], type: string) =>
    resources.filter((one) => one.custom && one.type === type).length;
  const types = new Set([...before, ...after].filter(({ custom }) => custom).map(({ type }) => type));
  return [...types].sort(compare).map((type) => ({ type, before: count(before, type), after: count(after, type) }));
}
