import { createHash } from "node:crypto";
import { z } from "zod";
import type { Properties } from "../../provider/resource-type.ts";
import { accountId } from "../../engine/account.ts";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import {
  MalformedPolicyDocument,
  parsePolicy,
  policySize,
  policySizeLimits,
  type PolicyKind,
} from "./policy-document.ts";
import { token } from "./tokens.ts";

/** Returns the schema of a name with IAM's limits. */
export function nameInput(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength, { error: `must have at most ${maxLength} characters` })
    .regex(/^[\w+=,.@-]+$/, { error: "only letters, digits and the characters _+=,.@- are allowed" });
}

/** Schema of the path of an IAM entity. */
export const pathInput = z
  .string()
  .max(512)
  .regex(/^\/(?:[!-~]+\/)?$/, { error: 'must begin and end with "/"' })
  .default("/");

/**
 * Returns the schema of a policy document as text. Each type's defaults convert a document that the
 * program gives as an object (see documentAsText).
 */
export function documentInput(kind: PolicyKind, sizeLimit: keyof typeof policySizeLimits) {
  return z.string().superRefine((text, context) => {
    try {
      parsePolicy(text, kind);
    } catch (error) {
      if (!(error instanceof MalformedPolicyDocument)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
    if (policySize(text) > policySizeLimits[sizeLimit]) {
      context.addIssue({
        code: "custom",
        message: `LimitExceeded: a document of this kind has at most ${policySizeLimits[sizeLimit]} characters without white space`,
      });
    }
  });
}

/** Converts a document from an object to its JSON text, as the provider does. */
export function documentAsText(property: string, news: Properties): Properties {
  const document = news[property];
  return typeof document === "object" && document !== null ? { ...news, [property]: JSON.stringify(document) } : news;
}

/**
 * Returns a unique id in IAM's form ("AROA..."). It is the same for each use of a name in an
 * account.
 */
export function uniqueId(prefix: string, name: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const digest = createHash("sha256").update(`${accountId()}/${prefix}/${name}`).digest();
  return prefix + [...digest.subarray(0, 17)].map((byte) => alphabet.charAt(byte % 32)).join("");
}

/** Returns the time at which the record was created, or the current time for a new record. */
export async function createDate(type: string, id: string): Promise<string> {
  const present = (await getRecord(type, id))?.properties["createDate"];
  return typeof present === "string" ? present : new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

/**
 * Checks that the name of a new entity is unused.
 *
 * @throws ApiError EntityAlreadyExists when another entity has the name.
 */
export async function requireFreeName(type: string, what: string, name: string, id: string | undefined): Promise<void> {
  if (id === undefined && (await getRecord(type, name)) !== undefined) {
    throw new ApiError("EntityAlreadyExists", `${what} with name ${name} already exists.`);
  }
}

/**
 * Checks that the role exists.
 *
 * @throws ApiError NoSuchEntity when it does not.
 */
export async function requireRole(role: string): Promise<void> {
  if ((await getRecord(token.role, role)) === undefined) {
    throw new ApiError("NoSuchEntity", `The role with name ${role} cannot be found.`);
  }
}
