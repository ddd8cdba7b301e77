import { EnvironmentError, readIssuerSettings } from "@gifticon/runtime/environment.ts";
import { replayDeadLetters } from "./replay.ts";

const USAGE = `usage: replay [--all]
Puts the dead letters that can be read now back on the topic, each once, and says what it did with each.
  --all  also those that can't: the issuer makes new dead letters of them
`;

/**
 * The command `replay`.
 *
 * @returns The exit code: 0 when it got to the end, 1 when not (run it again), 2 for wrong
 *   arguments or settings.
 */
export async function replayCommand(options: readonly string[], environment: NodeJS.ProcessEnv): Promise<0 | 1 | 2> {
  if (options.some((option) => option !== "--all")) {
    process.stderr.write(USAGE);
    return 2;
  }
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  try {
    const settings = readIssuerSettings({ ...environment, LOG_LEVEL: "error" });
    const { putBack, before, skipped } = await replayDeadLetters(settings, options.includes("--all"), tell);
    tell(`${putBack} put back, ${skipped} stay, ${before} had been put back before`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof EnvironmentError ? 2 : 1;
  }
}
