import { remote } from "@pulumi/command";
import { output, secret, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Access } from "../plans/access.ts";
import type { Repairs } from "../drift/repairs.ts";
import { renderScript } from "../scripts/render-script.ts";

/** What a script on a host is to do. */
export interface RemoteScriptArgs {
  /** How to reach the host. */
  access: Access;
  /** The script's path from the root of the project. */
  script: string;
  /** The script's values. */
  values: Record<string, Input<string | number | boolean | readonly Input<string>[]>>;
  /** The script takes back what it did (its verb `remove`) when the resource goes. */
  removes?: boolean;
  /** What the script worked for, as the id of its host: when it is another one, the script runs again. */
  runsFor: Input<string>[];
  /** The script puts something into the Swarm, which is remembered under its `KEY`, the resource's name, with its `REPAIR`. */
  repairs?: Repairs;
  /** The script's input or its result is a secret: nothing of it is logged, and its result is kept encrypted. */
  secret?: "input" | "result";
}

/**
 * Runs a script on a host: `apply` when it is made and again whenever the script or a value changes, `remove` when it goes.
 *
 * The whole script goes over standard input, so that its values (a join token, a password) stand in no process list. A change is an
 * update and never a replacement, whose deletion would need a host that may be gone; so `runsFor` is one of the values too, and the
 * command's own `triggers`, which replace, are not used.
 */
export function remoteScript(name: string, args: RemoteScriptArgs, options: CustomResourceOptions): remote.Command {
  const remembered = args.repairs && { KEY: name, REPAIR: args.repairs(name) };
  const runsFor = [...args.runsFor, ...(args.repairs?.keptOn ?? [])];
  const rendered = output({ values: { ...args.values, ...remembered }, triggers: { RUNS_FOR: runsFor } }).apply(
    ({ values, triggers }) => renderScript(args.script, values, triggers),
  );
  return new remote.Command(
    name,
    {
      connection: args.access.connection,
      create: "sudo bash -s -- apply",
      update: "sudo bash -s -- apply",
      ...(args.removes === true ? { delete: "sudo bash -s -- remove" } : {}),
      stdin: args.secret === "input" ? secret(rendered) : rendered,
      // The server accepts no environment from its clients, and the result may be a secret.
      addPreviousOutputInEnv: false,
      logging: args.secret === undefined ? remote.Logging.Stderr : remote.Logging.None,
    },
    {
      ...options,
      ...(args.secret === "result" ? { additionalSecretOutputs: ["stdout"] } : {}),
      customTimeouts: { create: "20m", update: "20m", delete: "10m" },
    },
  );
}

/** The result of a script: the one line that it printed. */
export function result(command: remote.Command): Output<string> {
  return command.stdout.apply((text) => text.trim());
}
