import { z } from "zod";
import { readArguments, UsageError, wholeNumber } from "../operate/arguments.ts";
import type { Model } from "./plan.ts";

/** Options of `./run event`. */
export interface EventOptions {
  stack: string;
  /** Modes to run, in order. */
  modes: readonly ("kafka" | "direct")[];
  users: number;
  seconds: number;
  model: Model;
  /** Open model: new users a second. */
  rate: number;
  /** Allowed share of failed requests, 0 to 1. */
  maxErrorRate: number;
  /** File of the operator's SSH key. */
  identity?: string;
  /** Prints the report as JSON. */
  json: boolean;
  /** Folder of the reports. */
  out: string;
}

/** The help text. */
export const USAGE = `Usage: ./run event [OPTION]...

  --users N             number of concurrent users (6000)
  --seconds N           duration of the load (60)
  --mode MODE           kafka (default) or direct
  --compare             run direct, then kafka, on the same stack, and write one report of both
  --model MODEL         closed (default): a fixed number of users who request, wait and pause; open: a fixed rate, --rate
  --rate N              new users a second in the open model (a third of --users)
  --max-error-rate R    share of requests that may end in an error, 0 to 1 (0)
  --stack NAME          local (default) or dev
  --identity FILE       your own SSH key; without it, the program's is read from the state of the stack
  --out FOLDER          folder of the reports (.local/event)
  --json                print the report as JSON`;

/** k6 keeps a connection for each user, and a host has 54,760 ports. */
const MOST_USERS = 50_000;

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `one of ${values.join(", ")}` });

const schema = z.strictObject({
  users: wholeNumber(1, MOST_USERS).default(6_000),
  seconds: wholeNumber(1, 3_600).default(60),
  mode: oneOf(["kafka", "direct"]).default("kafka"),
  compare: z.boolean().default(false),
  model: oneOf(["closed", "open"]).default("closed"),
  rate: wholeNumber(1, 100_000).optional(),
  "max-error-rate": z
    .string()
    .regex(/^(0|1|0?\.\d+|0\.\d+|1\.0+)$/, { error: "a share from 0 to 1, as 0.01" })
    .transform(Number)
    .default(0),
  stack: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/, { error: "the name of a stack" })
    .default("local"),
  identity: z.string().optional(),
  out: z.string().min(1).default(".local/event"),
  json: z.boolean().default(false),
});

/**
 * Parses the command line.
 *
 * @throws UsageError that names each wrong option.
 */
export function parseOptions(args: readonly string[]): EventOptions {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { options } = readArguments(args, {
    options: {
      ...{ users: text, seconds: text, mode: text, model: text, rate: text, "max-error-rate": text },
      ...{ stack: text, identity: text, out: text, compare: flag, json: flag },
    },
    schema,
  });
  const { mode, compare, "max-error-rate": maxErrorRate, rate, identity, ...rest } = options;
  if (rate !== undefined && rest.model !== "open")
    throw new UsageError("--rate is of the open model: add --model open");
  return {
    ...rest,
    modes: compare ? ["direct", "kafka"] : [mode],
    rate: rate ?? Math.max(1, Math.round(rest.users / 3)),
    maxErrorRate,
    ...(identity === undefined ? {} : { identity }),
  };
}
