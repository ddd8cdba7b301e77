import { z } from "zod";
import type { CloudPackage } from "../../provider/resource-type.ts";
import { copyToRemote } from "./copy-to-remote.ts";
import { localCommand, localRun } from "./local-command.ts";
import { remoteCommand } from "./remote-command.ts";

/** Stands in for the `command` plugin at the version of the SDK in package.json. */
export const command: CloudPackage = {
  name: "command",
  version: "1.2.1",
  configuration: z.strictObject({}),
  resources: [localCommand, remoteCommand, copyToRemote],
  functions: [localRun],
};
