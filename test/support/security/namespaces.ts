import { readFile } from "node:fs/promises";
import { execa } from "execa";

/**
 * A place in which commands run: this machine, a container, or the network of a nested container.
 */
export interface Place {
  name: string;
  /** Prefix that runs a command there, with its standard input. */
  enter: readonly string[];
}

/** This machine, which is the internet for the local cloud's instances. */
export const OUTSIDE: Place = { name: "outside", enter: [] };

/** Returns the inside of a container of this machine. */
export function inContainer(name: string, container: string): Place {
  return { name, enter: ["docker", "exec", "-i", container] };
}

/**
 * Returns the network of a process on a host. It is for containers of tasks, whose images have no
 * tools.
 */
export function inNetworkOf(host: Place, name: string, pid: number): Place {
  return { name, enter: [...host.enter, "nsenter", "--target", pid.toString(), "--net"] };
}

/** Runs a command at a place, and returns its output. */
export async function runIn({ enter }: Place, command: readonly string[], input = ""): Promise<string> {
  const [program = "", ...args] = [...enter, ...command];
  return (await execa(program, args, { input })).stdout;
}

/** Runs a script of this folder at a place. */
export async function scriptIn(
  place: Place,
  script: string,
  args: readonly string[] = [],
  input = "",
): Promise<string> {
  const text = await readFile(new URL(script, import.meta.url), "utf8");
  return runIn(place, ["bash", "-c", text, script, ...args], input);
}
