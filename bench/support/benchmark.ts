import { z } from "zod";
import { readArguments, runCommand } from "../../operate/arguments.ts";

/** Runs a benchmark whose only option is `--json`. Any other argument gives the usage. */
export async function runBenchmark(name: string, measure: (json: boolean) => Promise<void>): Promise<void> {
  await runCommand(`Usage: ./run bench ${name} [--json]`, async (args) => {
    const { options } = readArguments(args, {
      options: { json: { type: "boolean" } },
      schema: z.strictObject({ json: z.boolean().default(false) }),
    });
    await measure(options.json);
    return 0;
  });
}
