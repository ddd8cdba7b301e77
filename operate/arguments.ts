import { parseArgs, type ParseArgsConfig } from "node:util";
import { z } from "zod";

/** The command line is wrong; each line names an argument, its value and what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "USAGE_INVALID";
}

/** An option that is a whole number within bounds. */
export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

/**
 * Splits a command line into options and names.
 *
 * @throws UsageError in the parser's words when an option is unknown, or has no value.
 */
export function splitArguments<C extends ParseArgsConfig>(args: readonly string[], config: C) {
  try {
    return parseArgs<C>({ ...config, args: joined(args) });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Returns a line for each fault that a schema finds in options. */
export function wrongOptions(error: z.ZodError, values: unknown): string[] {
  return error.issues.map(({ path, message }) => {
    const key = path.join(".");
    return `--${key} is ${JSON.stringify((values as Record<string, unknown>)[key])}; allowed is ${message}`;
  });
}

/**
 * "--users -5" as "--users=-5": otherwise the parser asks for a way to write it, and not for
 * another number.
 */
function joined(args: readonly string[]): string[] {
  const all: string[] = [];
  for (const arg of args) {
    if (/^-\d/.test(arg) && all.at(-1)?.startsWith("--") === true) all.push(`${all.pop() ?? ""}=${arg}`);
    else all.push(arg);
  }
  return all;
}
