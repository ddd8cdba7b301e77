import type { SettingChange } from "./settings.ts";

/** Values of the engine as plain JSON, with masked secrets. */
export type Properties = Readonly<Record<string, unknown>>;

/** One resource as it is declared. */
export interface Resource {
  urn: string;
  type: string;
  /** The logical name: the last part of the URN. */
  name: string;
  /** False for a component, which groups others and has no provider. */
  custom: boolean;
  /**
   * Inputs. A secret is "[secret]". A text that contains one is complete, with a synthetic secret.
   */
  inputs: Properties;
  /** Outputs of the dry run, including the id. */
  outputs: Properties;
  /** URNs of the resources that it waits for. */
  dependencies: readonly string[];
}

/** Operations on a resource. */
export type Operation = "create" | "update" | "replace" | "delete";

/** One property that differs. */
export interface PropertyChange {
  /** Its path, such as "rootBlockDevice.volumeSize". */
  path: string;
  /** True if it is a reason for the replacement. */
  replaces: boolean;
  before: unknown;
  after: unknown;
}

/** A step of the engine's plan. */
export interface Change {
  operation: Operation;
  resource: Pick<Resource, "urn" | "type" | "name" | "custom">;
  before?: Resource;
  after?: Resource;
  properties: PropertyChange[];
  /** True if the engine would refuse it, because the resource is protected. */
  refused: boolean;
  /** True for a replacement whose old resource is deleted before the new one is created. */
  deletedFirst: boolean;
}

/** A stack before and after the change. Lists are in the order of type and name. */
export interface StackPlan {
  stack: string;
  region: string;
  before: Resource[];
  after: Resource[];
  changes: Change[];
  /** The Dockerfiles of its images, by path. */
  dockerfiles: { before: Readonly<Record<string, string>>; after: Readonly<Record<string, string>> };
  /** Changed settings in the stack's file. */
  settings: SettingChange[];
  /** Placeholders for settings that the stack's file leaves to its user. */
  assumptions: string[];
}

/** Returns the last part of a URN. Only a name may contain "::". */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Orders by type, name and URN, so that the order does not depend on the engine. */
export function byTypeAndName(
  a: Pick<Resource, "type" | "name" | "urn">,
  b: Pick<Resource, "type" | "name" | "urn">,
): number {
  return compare(a.type, b.type) || compareNames(a.name, b.name) || compare(a.urn, b.urn);
}

/** Orders texts by code unit, which is the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders names so that worker-2 comes before worker-10. */
export function compareNames(a: string, b: string): number {
  return compare(padded(a), padded(b));
}

function padded(name: string): string {
  return name.replaceAll(/\d+/g, (digits) => digits.padStart(6, "0"));
}
