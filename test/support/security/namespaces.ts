import { readFile } from "node:fs/promises";
import { execa } from "execa";

/**
 * A place that commands run in: this machine, a container of it, or the network of a container
 * inside of one.
 */
export interface Place {
  name: string;
  /** Prefix that runs a command there, with its standard input. */
  enter: readonly string[];
}

/** This machine, which the local cloud's internet is to its instances. */
export const OUTSIDE: Place = { name: "outside", enter: [] };

/** Inside a container of this machine. */
export function inContainer(name: string, container: string): Place {
  return { name, enter: ["docker", "exec", "-i", container] };
}

/**
 * On a host, in the network that one of its processes sees: that of a task's container, say, whose
 * image has no tools.
 */
export function inNetworkOf(host: Place, name: string, pid: number): Place {
  return { name, enter: [...host.enter, "nsenter", "--target", pid.toString(), "--net"] };
}

/** Runs a command there; returns what it printed. */
export async function runIn({ enter }: Place, command: readonly string[], input = ""): Promise<string> {
  const [program = "", ...args] = [...enter, ...command];
  return (await execa(program, args, { input })).stdout;
}

/** Runs a script of this folder there. */
export async function scriptIn(
  place: Place,
  script: string,
  args: readonly string[] = [],
  input = "",
): Promise<string> {
  const text = await readFile(new URL(script, import.meta.url), "utf8");
  return runIn(place, ["bash", "-c", text, script, ...args], input);
}
