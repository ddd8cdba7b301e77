import type { z } from "zod";

/**
 * Texts for messages: the prefix of each key ("gifticon-event:"), and the name for a key ("a
 * setting").
 */
export interface MessageTexts {
  prefix: string;
  key: string;
  /** Reports if a member's value must not be shown. */
  isSecret?: (member: string) => boolean;
}

/**
 * Returns a line for each fault that a schema found: the key, the value, and the allowed values,
 * which are the schema's message.
 */
export function problemsOf(error: z.core.$ZodError, given: unknown, texts: MessageTexts): string[] {
  return error.issues.flatMap((issue) => describe(issue, given, texts));
}

function describe(issue: z.core.$ZodIssue, given: unknown, texts: MessageTexts): string[] {
  const { prefix, key: one } = texts;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${prefix}${name([...issue.path, key])} is not ${one}: correct or remove it`);
  }
  const key = `${prefix}${name(issue.path)}` || "all of it";
  const value = valueAt(given, issue.path);
  if (value === undefined) return [`${key} is missing: ${expected(issue)}`];
  const shown = texts.isSecret?.(String(issue.path[0])) === true ? "an encrypted value" : JSON.stringify(value);
  return [`${key} is ${shown}, allowed is ${expected(issue)}`];
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return issue.issues.map((inner) => inner.message).join("; ");
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input"))
    return `a value of type ${issue.expected}`;
  return issue.message;
}

function name(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`,
    "",
  );
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    given,
  );
}
