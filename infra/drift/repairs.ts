import { fileURLToPath } from "node:url";
import { local } from "@pulumi/command";
import { log, output, runtime, unsecret, type Input, type Output } from "@pulumi/pulumi";
import { z } from "zod";
import type { Access } from "../plans/access.ts";

/**
 * The repair of each thing that the program puts into the Swarm, by the name of the resource that does: a value of its script, so that another repair runs it
 * again. It stays what it was while the thing is as the program put it; a change by hand asks for another one, in a preview too.
 */
export type Repairs = ((name: string) => Output<string>) & {
  /** Ids of what they are remembered on: on another host, everything is put there once more, which changes nothing that is there, and remembered anew. */
  keptOn: Input<string>[];
};

/** What a thing is told that was never repaired, and all of them while the manager can't be asked: before it boots, or on paper. */
const NONE = "none";

const answer = z.union([z.object({ seen: z.string() }), z.object({ unseen: z.string() })]);
const words = z.record(z.string(), z.string());

/**
 * Looks at the Swarm, at each preview and each up, for what was changed by hand since the program put it there. Pulumi compares a program with its state and
 * doesn't look inside of hosts; this is a function of the `command` provider, which runs each time, as no resource does. It never fails: without an answer
 * nothing is repaired.
 *
 * @param manager id of the manager's host.
 */
export function lookForRepairs({ connection }: Access, manager: Input<string>): Repairs {
  const { stdout } = local.runOutput({
    interpreter: [process.execPath],
    command: fileURLToPath(new URL("look-at-swarm.ts", import.meta.url)),
    stdin: output(connection).apply((endpoint) => JSON.stringify(endpoint)),
    logging: local.Logging.None,
  });
  // What is told to the manager holds a key, what it answers does not.
  const repairs = unsecret(stdout).apply(read);
  return Object.assign((name: string) => repairs.apply((known) => known[name] ?? NONE), { keptOn: [manager] });
}

function read(stdout: string): Record<string, string> {
  if (stdout === "") return {};
  const told = answer.parse(JSON.parse(stdout));
  if ("seen" in told) return words.parse(JSON.parse(told.seen));
  // In an up the manager may be one that is just booting.
  if (runtime.isDryRun()) {
    void log.warn(`the manager can't be asked whether something was changed by hand in the Swarm: ${told.unseen}`);
  }
  return {};
}
