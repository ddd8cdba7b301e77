import { RunError } from "@pulumi/pulumi";
import type { z } from "zod";
import { problemsOf } from "./problems.ts";

/** All faults of the settings, one in each line, so that a user can correct them together. */
export class SettingsError extends RunError {
  readonly code = "SETTINGS_INVALID";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `${problems.length} wrong in the settings (Pulumi.<stack>.yaml; infra/config/config.ts describes each):\n` +
        problems.map((problem) => `  ${problem}`).join("\n"),
    );
    this.name = "SettingsError";
    this.problems = problems;
  }
}

/**
 * Parses the settings of one project by a schema. The engine passes each setting as text. A
 * structure or a number is JSON.
 *
 * @param config all configuration, by full key ("project:key"). Keys of other projects, such as
 *   aws:region, are ignored.
 * @param isSecret reports if a setting holds an encrypted value. A message shows no value of it.
 * @throws SettingsError with one line for each wrong, missing or unknown setting.
 */
export function readSettings<S extends z.ZodType>(
  schema: S,
  project: string,
  config: Record<string, string>,
  isSecret: (key: string) => boolean = () => false,
): z.output<S> {
  const prefix = `${project}:`;
  const given = Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), parsed(value)]),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new SettingsError(
    problemsOf(result.error, given, {
      prefix,
      key: "a setting",
      isSecret: (name) => isSecret(`${prefix}${name}`),
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
