import { z } from "zod";
import type { FunctionType, Properties } from "../../provider/resource-type.ts";
import { runProcess } from "../run-process.ts";
import { loggingSchema, Transcript } from "../transcript.ts";
import { unsupported } from "../unsupported.ts";
import { commandWithLife, lifeInputs, type Output } from "./command-life.ts";

/** Inputs that say how a command runs on this machine. */
const processInputs = {
  dir: z.string().optional(),
  interpreter: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  stdin: z.string().optional(),
  addPreviousOutputInEnv: z.boolean().default(true),
  logging: loggingSchema.optional(),
  assetPaths: unsupported("command"),
  archivePaths: unsupported("command"),
};
type Process = z.infer<z.ZodObject<typeof processInputs>>;

const inputs = z.strictObject({ ...lifeInputs, ...processInputs });

/** A command on the machine that runs Pulumi. `dir` is the program's directory by default. */
export const localCommand = commandWithLife<z.infer<typeof inputs>>({
  token: "command:local:Command",
  inputs,
  run: (command, given, environment, { progress, signal }) =>
    runLocally(command, { ...given, environment }, progress, signal),
});

const runInputs = z.strictObject({ command: z.string(), ...processInputs });
type RunInputs = z.infer<typeof runInputs>;

/**
 * A command that runs at each preview and each update. Its output is not shown, because a function
 * has no resource to show it beside.
 */
export const localRun: FunctionType<RunInputs> = {
  token: "command:local:run",
  inputs: runInputs,
  invoke: async (given, { signal }) => {
    const output = await runLocally(given.command, given, () => undefined, signal);
    return { ...(given as unknown as Properties), ...output };
  },
};

async function runLocally(
  command: string,
  { dir, interpreter, environment, stdin, logging }: Process,
  show: (line: string) => void,
  signal: AbortSignal,
): Promise<Output> {
  const given = interpreter !== undefined && interpreter.length > 0 ? interpreter : ["/bin/sh", "-c"];
  const [file = "/bin/sh", ...args] = given;
  const transcript = new Transcript(logging, show);
  const end = await runProcess(file, [...args, command], {
    ...(dir === undefined ? {} : { directory: dir }),
    ...(stdin === undefined ? {} : { stdin }),
    ...(environment === undefined ? {} : { environment }),
    transcript,
    signal,
  });
  const output = transcript.end();
  if (end !== undefined) throw new Error(`the command ${end}${transcript.lastLines}`);
  return output;
}
