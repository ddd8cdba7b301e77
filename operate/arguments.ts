import { parseArgs, type ParseArgsConfig } from "node:util";
import { z } from "zod";

/** Reports invalid arguments. Each line names an argument, its value and the allowed values. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "USAGE_INVALID";
}

/** Returns the schema of an option that is a whole number within bounds. */
export function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

/**
 * Runs a command and sets the exit code that `run` returns. For a UsageError it prints the error
 * with the usage and sets exit code 2. With `--help` it only prints the usage.
 */
export async function runCommand(
  usage: string,
  run: (args: readonly string[]) => number | Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2);
  try {
    if (args.includes("--help")) console.log(usage);
    else process.exitCode = await run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`error: ${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

/** The parts of a command line. */
export interface ArgumentsConfig<Schema extends z.ZodType> {
  /** Options of the parser: text or a flag. */
  options: NonNullable<ParseArgsConfig["options"]>;
  /** Validates the options and adds defaults. */
  schema: Schema;
  /** Returns the error of a name that isn't allowed. Without it, no name is allowed. */
  wrongName?: (name: string) => string | undefined;
}

/**
 * Reads the options and names of a command line.
 *
 * @throws UsageError that names each wrong argument.
 */
export function readArguments<Schema extends z.ZodType>(
  args: readonly string[],
  { options, schema, wrongName }: ArgumentsConfig<Schema>,
): { options: z.output<Schema>; names: string[] } {
  const { values, positionals: names } = split(args, { options, allowPositionals: wrongName !== undefined });
  const read = schema.safeParse(values);
  const wrong = names.flatMap((name) => wrongName?.(name) ?? []);
  if (!read.success) wrong.unshift(...wrongOptions(read.error, values));
  if (!read.success || wrong.length > 0) throw new UsageError(wrong.join("\n"));
  return { options: read.data, names };
}

function split(args: readonly string[], config: ParseArgsConfig) {
  try {
    return parseArgs({ ...config, args: joined(args) });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Returns a line for each fault that the schema found in the options. */
function wrongOptions(error: z.ZodError, values: Readonly<Record<string, unknown>>): string[] {
  return error.issues.map(({ path: [key], message }) => {
    const option = String(key);
    const value = option in values ? JSON.stringify(values[option]) : "missing";
    return `--${option} is ${value}; allowed is ${message}`;
  });
}

/**
 * Turns "--users -5" into "--users=-5". Otherwise the parser complains about the notation instead
 * of the number.
 */
function joined(args: readonly string[]): string[] {
  const all: string[] = [];
  for (const arg of args) {
    if (/^-\d/.test(arg) && all.at(-1)?.startsWith("--") === true) all.push(`${all.pop() ?? ""}=${arg}`);
    else all.push(arg);
  }
  return all;
}
