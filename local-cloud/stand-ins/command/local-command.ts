import { z } from "zod";
import { runProcess } from "../run-process.ts";
import { Transcript } from "../transcript.ts";
import { unsupported } from "../unsupported.ts";
import { commandWithLife, lifeInputs } from "./command-life.ts";

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
    const end = await runProcess(file, [...args, command], {
      ...(dir === undefined ? {} : { directory: dir }),
      ...(stdin === undefined ? {} : { stdin }),
      environment,
      transcript,
      signal,
    });
    const output = transcript.end();
    if (end !== undefined) throw new Error(`the command ${end}${transcript.said}`);
    return output;
  },
});
