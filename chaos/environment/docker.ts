import { execa } from "execa";

/**
 * Runs the machine's Docker CLI and returns its standard output. It runs apart from the terminal,
 * so that Ctrl-C doesn't end a command that removes a fault.
 *
 * @param options.all adds the standard error; the logs of a container have both.
 */
export async function docker(args: readonly string[], { all = false } = {}): Promise<string> {
  const printed = await execa("docker", args, { stdin: "ignore", detached: true, all: true });
  return all ? printed.all : printed.stdout;
}
