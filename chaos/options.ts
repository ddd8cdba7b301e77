import { z } from "zod";
import { readArguments, UsageError, wholeNumber } from "../operate/arguments.ts";
import type { Case } from "./case.ts";
import { CASES } from "./cases.ts";

/** Options of `./run chaos`. */
export interface ChaosOptions {
  cases: readonly Case[];
  /** Runs each case in its short form, in which a repeated fault is injected once. */
  fast: boolean;
  /** Number of concurrent users. */
  users: number;
  stack: "local";
  /** File for the table of results, as Markdown. */
  markdown?: string;
}

/** The help text. */
export const USAGE = `Usage: ./run chaos CASE... | --all | --fast [OPTION]...

  --all             run every case
  --fast            run one case of each family, in its short form
  --users N         number of concurrent users (20)
  --stack NAME      local, the only stack that faults may be injected into
  --markdown FILE   also write the table of results as Markdown

${CASES.map(({ name, description }) => `  ${name.padEnd(32)}${description}`).join("\n")}`;

/** More users would measure this process, which runs beside the environment. */
const MOST_USERS = 500;

const schema = z.strictObject({
  all: z.boolean().default(false),
  fast: z.boolean().default(false),
  users: wholeNumber(1, MOST_USERS).default(20),
  stack: z.literal("local", { error: "local" }).default("local"),
  markdown: z.string().min(1, { error: "the name of a file" }).optional(),
});

/**
 * Reads the command line.
 *
 * @throws UsageError naming each wrong argument.
 */
export function parseOptions(args: readonly string[]): ChaosOptions {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { options, names } = readArguments(args, {
    options: { all: flag, fast: flag, users: text, stack: text, markdown: text },
    schema,
    wrongName: (name) =>
      CASES.some((one) => one.name === name)
        ? undefined
        : `there is no case ${name}; there are: ${CASES.map((one) => one.name).join(", ")}`,
  });
  const { all, markdown, ...rest } = options;
  if ([all, rest.fast, names.length > 0].filter(Boolean).length !== 1)
    throw new UsageError("no fault is selected: name cases, or give --all or --fast");
  const cases = all ? CASES : CASES.filter(({ name, fast }) => (rest.fast ? fast : names.includes(name)));
  return { ...rest, cases, ...(markdown === undefined ? {} : { markdown }) };
}
