import { RunError } from "@pulumi/pulumi";
import type { z } from "zod";

/** All that is wrong with the settings, one line for each, so that a user corrects them in one go. */
export class SettingsError extends RunError {
  readonly code = "SETTINGS_INVALID";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `${problems.length} wrong in the settings (Pulumi.<stack>.yaml; infra/config.ts tells about each):\n` +
        problems.map((problem) => `  ${problem}`).join("\n"),
    );
    this.name = "SettingsError";
    this.problems = problems;
  }
}

/**
 * Parses the settings of one project by a schema. The engine hands each setting over as text: a structured or numeric one is JSON.
 *
 * @param config all configuration, by full key ("project:key"); other projects' keys (as aws:region) are left alone.
 * @throws SettingsError
 */
export function readSettings<S extends z.ZodType>(
  schema: S,
  project: string,
  config: Record<string, string>,
): z.output<S> {
  const prefix = `${project}:`;
  const given = Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), parsed(value)]),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new SettingsError(result.error.issues.flatMap((issue) => describe(prefix, given, issue)));
}

function describe(prefix: string, given: unknown, issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${prefix}${name([...issue.path, key])} is not a setting: correct or remove it`);
  }
  const key = `${prefix}${name(issue.path)}`;
  const value = valueAt(given, issue.path);
  if (value === undefined) return [`${key} is missing: ${expected(issue)}`];
  return [`${key} is ${JSON.stringify(value)}, allowed is ${expected(issue)}`];
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
