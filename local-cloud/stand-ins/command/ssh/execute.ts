import type { ClientChannel } from "ssh2";
import { addressOf, type Connection } from "../connection.ts";
import type { Transcript } from "../../transcript.ts";
import { openChannel, type Connections, type DialContext } from "./connections.ts";

export interface Execution {
  command: string;
  stdin?: string;
  /** Reaches the command only where the server accepts these names (AcceptEnv). */
  environment: Record<string, string>;
  transcript: Transcript;
}

/** Runs a command on a server and waits for its end. An interrupt closes its session. */
export async function execute(
  connections: Connections,
  connection: Connection,
  execution: Execution,
  context: DialContext,
): Promise<void> {
  const { command, environment, transcript } = execution;
  const end = await connections.session(connection, context, ({ client, sessions }) =>
    sessions.runExclusive(async () => {
      context.signal.throwIfAborted();
      const channel = await openChannel<ClientChannel>((callback) => {
        client.exec(command, { env: environment }, callback);
      });
      return finished(channel, execution, context.signal);
    }),
  );
  if (end === undefined) return;
  transcript.end();
  throw new Error(`the command on ${addressOf(connection)} ${end}${transcript.lastLines}`);
}

/** Resolves at the command's end: with undefined after success, or else with a description. */
async function finished(
  channel: ClientChannel,
  { stdin, transcript }: Execution,
  signal: AbortSignal,
): Promise<string | undefined> {
  let end: string | undefined = "was cut off: the connection was lost";
  channel.on("exit", (code: number | null, name?: string) => {
    if (code === 0) end = undefined;
    else end = code === null ? `was ended by SIG${name ?? "?"}` : `exited with status ${code}`;
  });
  channel.on("data", (chunk: Buffer) => {
    transcript.write("stdout", chunk);
  });
  channel.stderr.on("data", (chunk: Buffer) => {
    transcript.write("stderr", chunk);
  });
  // A command may end without reading all of its input.
  channel.on("error", () => undefined);
  channel.end(stdin ?? "");
  return new Promise((resolve, reject) => {
    const interrupt = () => {
      channel.close();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", interrupt, { once: true });
    channel.on("close", () => {
      signal.removeEventListener("abort", interrupt);
      resolve(end);
    });
  });
}
