import { EnvironmentError, readIssuerSettings } from "@gifticon/runtime/environment.ts";
import { replayDeadLetters } from "./replay.ts";

const USAGE = `usage: replay [--all]
Puts the dead letters that can be read now back on the topic, each once, and reports each.
  --all  also those that can't be read; the issuer makes new dead letters of them
`;

/**
 * Runs the command `replay`.
 *
 * @returns The exit code: 0 on success, 1 after a failure (run it again), 2 for invalid arguments
 *   or settings.
 */
export async function replayCommand(options: readonly string[], environment: NodeJS.ProcessEnv): Promise<0 | 1 | 2> {
  if (options.some((option) => option !== "--all")) {
    process.stderr.write(USAGE);
    return 2;
  }
  const print = (line: string) => process.stdout.write(`${line}\n`);
  try {
    const settings = readIssuerSettings({ ...environment, LOG_LEVEL: "error" });
    const { putBack, putBackEarlier, skipped } = await replayDeadLetters(settings, options.includes("--all"), print);
    print(`${putBack} put back, ${skipped} stay, ${putBackEarlier} were put back earlier`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof EnvironmentError ? 2 : 1;
  }
}
