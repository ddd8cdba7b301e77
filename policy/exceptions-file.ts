import { readFileSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { problemsOf } from "../infra/config/problems.ts";

/**
 * Returns the schema of a text.
 *
 * @param allowed describes the allowed values; it is the message of the error.
 * @param shortest the least number of characters.
 */
export function text(allowed: string, shortest = 1) {
  return z.string({ error: allowed }).min(shortest, { error: allowed });
}

/** Keys that every kind of exception has. */
export const dated = {
  reason: text("a sentence that says why", 10),
  /** Last day on which the exception holds. */
  until: z.iso.date({ error: "a day as 2026-12-31" }),
};

/** An invalid file of exceptions. `problems` has one line for each fault. */
export class ExceptionsError extends Error {
  readonly code = "EXCEPTIONS_INVALID";
  readonly file: string;
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${file} can't be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, options);
    this.name = "ExceptionsError";
    this.file = file;
    this.problems = problems;
  }
}

/**
 * Reads a YAML file whose one key is `exceptions`, a list.
 *
 * @param name the file's name in errors.
 * @param exception the schema of an entry.
 * @throws ExceptionsError when the file isn't YAML or an entry doesn't match the schema.
 */
export function readExceptionsFile<E extends z.ZodType>(path: URL, name: string, exception: E): z.output<E>[] {
  const file = z.strictObject(
    { exceptions: z.array(exception, { error: "a list of exceptions, [] for none" }) },
    { error: "a map with the key exceptions" },
  );
  const given = parsed(name, readFileSync(path, "utf8"));
  const result = file.safeParse(given);
  if (result.success) return result.data.exceptions;
  throw new ExceptionsError(name, problemsOf(result.error, given, { prefix: "", key: "a key of it" }));
}

/** Parses YAML. A syntax error becomes an ExceptionsError that names the file. */
function parsed(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new ExceptionsError(name, [`it is no YAML: ${error.message.split("\n")[0]?.replace(/:$/, "") ?? ""}`], {
      cause: error,
    });
  }
}
