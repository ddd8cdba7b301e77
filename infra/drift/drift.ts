import { fileURLToPath } from "node:url";
import { local } from "@pulumi/command";
import { log, output, runtime, unsecret, type Input, type Output } from "@pulumi/pulumi";
import { z } from "zod";
import type { Access } from "../plans/access.ts";

/** The drift of the Swarm: changes by hand since the program applied its declared state. */
export interface Drift {
  /**
   * Returns the repair of an object, by the name of the resource that applies it. The repair is a
   * value of the resource's script, so a new one runs the script again. It is new only when the
   * object has drifted since the script ran.
   */
  repair: (name: string) => Output<string>;
  /**
   * Ids of the hosts that hold the records. When they change, all scripts run again, which changes
   * nothing in the Swarm and records every object.
   */
  recordedOn: Input<string>[];
}

/**
 * Initial repair of an object. While the manager does not answer, all objects have it: before the
 * manager's boot, and in the dry run of a review.
 */
const NONE = "none";

const answer = z.union([z.object({ repairs: z.string() }), z.object({ error: z.string() })]);
const repairsByName = z.record(z.string(), z.string());

/**
 * Detects drift of the Swarm, in each preview and each update. Pulumi compares the program with its
 * state and does not look inside hosts. A function of the `command` provider does, because the
 * engine calls a function each time, unlike a resource. Never fails: without an answer, nothing is
 * repaired.
 *
 * @param access the access to the first manager.
 * @param manager id of the first manager's host.
 */
export function detectDrift({ connection }: Access, manager: Input<string>): Drift {
  const { stdout } = local.runOutput({
    interpreter: [process.execPath],
    command: fileURLToPath(new URL("drift-process.ts", import.meta.url)),
    stdin: output(connection).apply((endpoint) => JSON.stringify(endpoint)),
    logging: local.Logging.None,
  });
  // The input holds a key, the output does not.
  const repairs = unsecret(stdout).apply(readRepairs);
  return { repair: (name) => repairs.apply((known) => known[name] ?? NONE), recordedOn: [manager] };
}

function readRepairs(stdout: string): Record<string, string> {
  if (stdout === "") return {};
  const answered = answer.parse(JSON.parse(stdout));
  if ("repairs" in answered) return repairsByName.parse(JSON.parse(answered.repairs));
  // During an update, the manager may be booting.
  if (runtime.isDryRun()) {
    void log.warn(
      `The manager does not say whether the Swarm was changed by hand, so this preview shows no repair: ${answered.error}`,
    );
  }
  return {};
}
