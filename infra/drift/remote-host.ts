import { once } from "node:events";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import ssh2, { type ClientChannel } from "ssh2";

/** A host and the key by which to log in to it. */
export interface Login {
  host: string;
  port: number;
  user: string;
  /** The host's public key, as in an authorized_keys file. */
  hostKey: string;
  privateKey: string;
}

/** A host with an SSH connection, whose key was verified. Disposing it closes the connection. */
export class RemoteHost implements AsyncDisposable {
  readonly #client: ssh2.Client;

  private constructor(client: ssh2.Client) {
    this.#client = client;
  }

  /**
   * Connects to a host.
   *
   * @param timeoutMs time limit in milliseconds.
   * @param sock stream to the host's SSH server, used instead of a new TCP connection.
   * @throws Error when the host doesn't answer in time, or has another key.
   */
  static async connect(login: Login, timeoutMs: number, sock?: Duplex): Promise<RemoteHost> {
    const { host, port, user, hostKey, privateKey } = login;
    const wanted = ssh2.utils.parseKey(hostKey);
    if (wanted instanceof Error) throw wanted;
    const client = new ssh2.Client();
    const ready = once(client, "ready", { signal: AbortSignal.timeout(timeoutMs) });
    client.connect({
      ...{ host, port, username: user, privateKey, readyTimeout: timeoutMs },
      ...(sock ? { sock } : {}),
      algorithms: { serverHostKey: ["ssh-ed25519"] },
      hostVerifier: (key: Buffer) => key.equals(wanted.getPublicSSH()),
    });
    try {
      await ready;
    } catch (error) {
      end(client);
      throw error;
    }
    return new RemoteHost(client);
  }

  /** Connects to another host through this one. */
  async through(login: Login, timeoutMs: number): Promise<RemoteHost> {
    const signal = AbortSignal.timeout(timeoutMs);
    const stream = await new Promise<ClientChannel>((resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
      this.#client.forwardOut("127.0.0.1", 0, login.host, login.port, (error, opened) => {
        if (error === undefined) resolve(opened);
        else reject(error);
      });
    });
    return RemoteHost.connect(login, timeoutMs, stream);
  }

  /**
   * Runs a script as root, and returns its output.
   *
   * @throws Error with the script's last line of errors when it fails or takes longer.
   */
  async run(script: string, timeoutMs: number): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs);
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      this.#client.exec("sudo bash -s", (error, opened) => {
        if (error === undefined) resolve(opened);
        else reject(error);
      });
    });
    const ended = once(channel, "close", { signal });
    channel.end(script);
    const [stdout, stderr] = [text(channel), text(channel.stderr)];
    const [status] = (await ended) as [number | undefined];
    if (status !== 0) throw new Error((await stderr).trim().split("\n").at(-1) ?? "");
    return stdout;
  }

  [Symbol.asyncDispose](): Promise<void> {
    end(this.#client);
    return Promise.resolve();
  }
}

/** Closes a connection at once. Errors that follow from that are ignored. */
function end(client: ssh2.Client): void {
  client.on("error", () => undefined);
  client.destroy();
}
