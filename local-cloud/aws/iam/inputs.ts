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

/** A name as IAM allows it. */
export function nameInput(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength, { error: `must have at most ${maxLength} characters` })
    .regex(/^[\w+=,.@-]+$/, { error: "only letters, digits and the characters _+=,.@- are allowed" });
}

/** The path of an IAM entity. */
export const pathInput = z
  .string()
  .max(512)
  .regex(/^\/(?:[!-~]+\/)?$/, { error: 'must begin and end with "/"' })
  .default("/");

/** A policy document as text. A program may give it as an object; the defaults of each type make text of it. */
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
        message: `LimitExceeded: a document of this kind has at most ${policySizeLimits[sizeLimit]} characters, white space not counted`,
      });
    }
  });
}

/** A document that was given as an object becomes its JSON text, as the provider does. */
export function documentAsText(property: string, news: Properties): Properties {
  const document = news[property];
  return typeof document === "object" && document !== null ? { ...news, [property]: JSON.stringify(document) } : news;
}

/** IAM's unique ids ("AROA..."): the same for the same name in an account. */
export function uniqueId(prefix: string, name: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const digest = createHash("sha256").update(`${accountId()}/${prefix}/${name}`).digest();
  return prefix + [...digest.subarray(0, 17)].map((byte) => alphabet.charAt(byte % 32)).join("");
}

/** When the record was made: kept by its updates. */
export async function createDate(type: string, id: string): Promise<string> {
  const present = (await getRecord(type, id))?.properties["createDate"];
  return typeof present === "string" ? present : new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

/** Throws EntityAlreadyExists when another entity has the name. */
export async function judgeFree(type: string, what: string, name: string, id: string | undefined): Promise<void> {
  if (id === undefined && (await getRecord(type, name)) !== undefined) {
    throw new ApiError("EntityAlreadyExists", `${what} with name ${name} already exists.`);
  }
}

/** Throws NoSuchEntity when there is no such role. */
export async function judgeRole(role: string): Promise<void> {
  if ((await getRecord(token.role, role)) === undefined) {
    throw new ApiError("NoSuchEntity", `The role with name ${role} cannot be found.`);
  }
}
