import { execa } from "execa";
import { z } from "zod";
import { unsupported } from "../unsupported.ts";
import { commandWithLife, lifeInputs } from "./command-life.ts";
import { Transcript } from "./transcript.ts";

const inputs = z.strictObject({
  ...lifeInputs,
  dir: z.string().optional(),
  interpreter: z.array(z.string()).optional(),
  assetPaths: unsupported("command"),
  archivePaths: unsupported("command"),
});

/** A command on the machine that runs Pulumi, in the program's directory unless `dir` is given. */
export const localCommand = commandWithLife<z.infer<typeof inputs>>({
  token: "command:local:Command",
  inputs,
  run: async (command, { dir, interpreter, stdin, logging }, environment, { progress, signal }) => {
    const given = interpreter !== undefined && interpreter.length > 0 ? interpreter : ["/bin/sh", "-c"];
    const [file = "/bin/sh", ...args] = given;
    const transcript = new Transcript(logging, progress);
    // A group of its own, so that an interrupt ends what the command has started as well.
    const child = execa(file, [...args, command], {
      ...(dir === undefined ? {} : { cwd: dir }),
      ...(stdin === undefined ? { stdin: "ignore" as const } : { input: stdin }),
      env: environment,
      detached: true,
      buffer: false,
      reject: false,
    });
    child.stdout.on("data", (chunk: Buffer) => {
      transcript.write("stdout", chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      transcript.write("stderr", chunk);
    });
    const interrupt = () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    };
    signal.addEventListener("abort", interrupt, { once: true });
    const result = await child;
    signal.removeEventListener("abort", interrupt);
    signal.throwIfAborted();
    const output = transcript.end();
    if (result.failed) throw new Error(failureOf(result, transcript.tail));
    return output;
  },
});

function failureOf(result: { exitCode?: number; signal?: string; shortMessage?: string }, tail: string): string {
  const end =
    result.exitCode !== undefined
      ? `exited with status ${result.exitCode}`
      : result.signal !== undefined
        ? `was ended by ${result.signal}`
        : `could not be started (${result.shortMessage ?? "no reason given"})`;
  return `the command ${end}${tail === "" ? "" : `:\n${tail}`}`;
}
