import { remote } from "@pulumi/command";
import { output, secret, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Access } from "../plans/access.ts";
import type { Drift } from "../drift/drift.ts";
import { renderScript } from "../scripts/render-script.ts";

/** The arguments of a script on a host. */
export interface RemoteScriptArgs {
  /** The access to the host. */
  access: Access;
  /** The script's path from the root of the project. */
  script: string;
  /** The script's values. */
  values: Record<string, Input<string | number | boolean | readonly Input<string>[]>>;
  /** Runs the script with the verb `remove` when the resource is deleted. */
  removes?: boolean;
  /** Ids, such as that of the host. The script runs again when one of them changes. */
  rerunOnChange: Input<string>[];
  /**
   * The drift of the Swarm, for a script that applies an object to it. The script records the
   * object under its `KEY`, the resource's name, with its `REPAIR`.
   */
  drift?: Drift;
  /** The part that is a secret. Then nothing is logged, and a secret result is stored encrypted. */
  secret?: "input" | "result";
}

/**
 * Runs a script on a host: with the verb `apply` when the resource is created and whenever the
 * script or a value changes, and with the verb `remove` when the resource is deleted.
 *
 * The script is sent on standard input, so that no process list shows its values, such as a join
 * token or a password. A change is always an update, because a replacement would run `remove` on a
 * host that may be gone. So `rerunOnChange` is a part of the script. The command's own `triggers`
 * are not used, because they replace the resource.
 */
export function remoteScript(name: string, args: RemoteScriptArgs, options: CustomResourceOptions): remote.Command {
  const record = args.drift && { KEY: name, REPAIR: args.drift.repair(name) };
  const rerunOnChange = [...args.rerunOnChange, ...(args.drift?.recordedOn ?? [])];
  const rendered = output({ values: { ...args.values, ...record }, triggers: { RUNS_FOR: rerunOnChange } }).apply(
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

/** Returns the result of a script: the line that it printed. */
export function result(command: remote.Command): Output<string> {
  return command.stdout.apply((text) => text.trim());
}
