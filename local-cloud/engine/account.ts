import { createHash } from "node:crypto";
import { resolve } from "node:path";

/** The labels of every Docker object that belongs to an account: the local cloud's only state. */
export const label = {
  /** The account that owns the object: 12 digits. */
  account: "local-cloud.account",
  /** The resource type's Pulumi token, or `base` for objects that every account has. */
  type: "local-cloud.type",
  /** The provider id of the resource. */
  id: "local-cloud.id",
  /** The properties of a record, as JSON. */
  properties: "local-cloud.properties",
  /** Path of the checkout that made the object, for messages about the holder of a range. */
  checkout: "local-cloud.checkout",
  /** The stack that made the object, for the same messages. */
  stack: "local-cloud.stack",
  /** Counts the versions of a record: the highest one is valid. */
  revision: "local-cloud.revision",
} as const;

const checkoutOfThisFile = resolve(import.meta.dirname, "../..");

/**
 * Returns the checkout that this process works for. The bundled control plane gets it by variable.
 */
export function checkoutPath(): string {
  return process.env["LOCAL_CLOUD_CHECKOUT"] ?? checkoutOfThisFile;
}

/** Derives the account of a checkout from its path: 12 digits, the same for the same path. */
export function accountOfCheckout(path: string): string {
  const number = createHash("sha256").update(path).digest().readUIntBE(0, 6) % 1e12;
  return String(number).padStart(12, "0");
}

/**
 * Returns the account of this process: `LOCAL_CLOUD_ACCOUNT`, or else one derived from the
 * checkout's path.
 */
export function accountId(): string {
  const configured = process.env["LOCAL_CLOUD_ACCOUNT"];
  if (configured === undefined || configured === "") return accountOfCheckout(checkoutPath());
  if (!/^\d{12}$/.test(configured)) {
    throw new Error(`LOCAL_CLOUD_ACCOUNT is ${JSON.stringify(configured)}: an account id has exactly 12 digits`);
  }
  return configured;
}

let currentRegion = process.env["LOCAL_CLOUD_REGION"] ?? "ap-northeast-2";

/** Returns the region that the provider is configured for. One process serves one region. */
export function region(): string {
  return currentRegion;
}

/** Sets the region; the provider's configuration calls it once. */
export function setRegion(name: string): void {
  currentRegion = name;
}

/** Returns the name of a Docker object of this account: `local-cloud-ACCOUNT-PART`. */
export function objectName(part: string): string {
  return `local-cloud-${accountId()}-${part}`;
}

/** Returns the labels that mark an object as a resource of this account. */
export function resourceLabels(type: string, id: string, stack?: string): Record<string, string> {
  return {
    [label.account]: accountId(),
    [label.type]: type,
    [label.id]: id,
    [label.checkout]: checkoutPath(),
    ...(stack === undefined ? {} : { [label.stack]: stack }),
  };
}

/** Returns Docker's filter for the objects of this account, of one type and one id if given. */
export function accountFilter(type?: string, id?: string): { label: string[] } {
  return {
    label: [
      `${label.account}=${accountId()}`,
      ...(type === undefined ? [] : [`${label.type}=${type}`]),
      ...(id === undefined ? [] : [`${label.id}=${id}`]),
    ],
  };
}

/** Returns the stack in a URN (`urn:pulumi:STACK::PROJECT::TYPE::NAME`). */
export function stackOf(urn: string): string | undefined {
  return /^urn:pulumi:(.*?)::/.exec(urn)?.[1];
}

/** Returns the Amazon Resource Name of something in this account and region. */
export function arn(service: string, resource: string, scope: "regional" | "global" = "regional"): string {
  return `arn:aws:${service}:${scope === "regional" ? region() : ""}:${accountId()}:${resource}`;
}
