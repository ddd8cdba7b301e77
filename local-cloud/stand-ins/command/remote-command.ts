import { z } from "zod";
import { commandWithLife, lifeInputs } from "./command-life.ts";
import { connectionSchema, plainConnectionInputs } from "./connection.ts";
import { Connections } from "./ssh/connections.ts";
import { execute } from "./ssh/execute.ts";
import { Transcript } from "../transcript.ts";

const inputs = z.strictObject({ ...lifeInputs, connection: connectionSchema });

/** The connections that all remote commands and copies of this process share. */
export const connections = new Connections();

/** A command on a server, over SSH. */
export const remoteCommand = {
  ...commandWithLife<z.infer<typeof inputs>>({
    token: "command:remote:Command",
    inputs,
    run: async (command, { connection, stdin, logging }, environment, context) => {
      const transcript = new Transcript(logging, context.progress);
      const execution = { command, environment, transcript, ...(stdin === undefined ? {} : { stdin }) };
      await execute(connections, connection, execution, context);
      return transcript.end();
    },
  }),
  secretOutputs: ["connection"],
  plainInputs: plainConnectionInputs,
};
