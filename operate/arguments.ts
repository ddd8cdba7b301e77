import { parseArgs, type ParseArgsConfig } from "node:util";
import { z } from "zod";

/** The command line is wrong. Each line names an argument, its value and the allowed values. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "USAGE_INVALID";
}

/** Returns the schema of an option that is a whole number within bounds. */
export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

/**
 * Runs a command line: sets the exit code that `run` returns. A wrong command line is told with the
 * usage, and ends with 2. `--help` prints the usage.
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
  /** Options as the parser knows them: text or a flag. */
  options: NonNullable<ParseArgsConfig["options"]>;
  /** Judges the options and adds defaults. */
  schema: Schema;
  /** Says why a name isn't allowed. Without it no name is. */
  wrongName?: (name: string) => string | undefined;
}

/**
 * Reads a command line: its options, and the names among them.
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

/** Returns a line for each fault that a schema finds in options. */
function wrongOptions(error: z.ZodError, values: Readonly<Record<string, unknown>>): string[] {
  return error.issues.map(({ path: [key], message }) => {
    const option = String(key);
    const value = option in values ? JSON.stringify(values[option]) : "missing";
    return `--${option} is ${value}; allowed is ${message}`;
  });
}

/**
 * Writes "--users -5" as "--users=-5": otherwise the parser asks for a way to write it, and not for
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
