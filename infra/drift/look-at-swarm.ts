import { once } from "node:events";
import { text } from "node:stream/consumers";
import ssh2, { type ClientChannel } from "ssh2";

/** A host to log in to, and by what. */
interface Login {
  host: string;
  port: number;
  user: string;
  hostKey: string;
  privateKey: string;
}

// Runs a script on the manager over SSH and prints what it printed: {"seen": TEXT}, or {"unseen": REASON} when the manager can't be asked. Reads the manager's
// endpoint and the script from standard input, as JSON: its key stands in no file and no process list.
const DIAL_MS = 10_000;
const ANSWER_MS = 60_000;

const { endpoint, script } = JSON.parse(await text(process.stdin)) as { endpoint: Login; script: string };
const client = new ssh2.Client();
try {
  process.stdout.write(JSON.stringify({ seen: await run(AbortSignal.timeout(ANSWER_MS)) }));
} catch (error) {
  process.stdout.write(JSON.stringify({ unseen: error instanceof Error ? error.message : String(error) }));
}
client.on("error", () => undefined);
client.destroy();

async function run(signal: AbortSignal): Promise<string> {
  const { host, port, user, hostKey, privateKey } = endpoint;
  const wanted = ssh2.utils.parseKey(hostKey);
  if (wanted instanceof Error) throw wanted;
  const ready = once(client, "ready", { signal });
  client.connect({
    ...{ host, port, username: user, privateKey, readyTimeout: DIAL_MS },
    algorithms: { serverHostKey: ["ssh-ed25519"] },
    hostVerifier: (key: Buffer) => key.equals(wanted.getPublicSSH()),
  });
  await ready;
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.exec("sudo bash -s", (error, opened) => {
      if (error === undefined) resolve(opened);
      else reject(error);
    });
  });
  const ended = once(channel, "close", { signal });
  channel.end(script);
  const [stdout, stderr] = await Promise.all([text(channel), text(channel.stderr)]);
  const [status] = (await ended) as [number | undefined];
  if (status !== 0) throw new Error(stderr.trim().split("\n").at(-1) ?? "");
  return stdout;
}
