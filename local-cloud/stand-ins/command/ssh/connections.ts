import { setTimeout as sleep } from "node:timers/promises";
import { Semaphore } from "async-mutex";
import type { Client } from "ssh2";
import { addressOf, type Connection, type Endpoint } from "../connection.ts";
import { dial, openThrough } from "./dial.ts";

/** Sessions on one connection. An OpenSSH server allows 10 by default (MaxSessions). */
const SESSIONS_PER_CONNECTION = 8;

/** Pauses between attempts to connect, as in the real plugin's retry loop. */
const FIRST_PAUSE_MILLISECONDS = 100;
const PAUSE_FACTOR = 1.5;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

export interface OpenConnection {
  client: Client;
  sessions: Semaphore;
}

export interface DialContext {
  progress: (message: string) => void;
  signal: AbortSignal;
}

/**
 * The connections of this process. Each is opened once and used by all commands with the same
 * server and login. A proxy is a connection too, which the servers behind it share.
 */
export class Connections {
  readonly #open = new Map<string, Promise<OpenConnection>>();

  /**
   * Returns the open connection, or opens one. It retries until the server answers or
   * `dialErrorLimit` is exceeded.
   */
  async get(connection: Connection, context: DialContext): Promise<OpenConnection> {
    const { proxy, ...endpoint } = connection;
    const key = keyOf(connection);
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const opening = this.#dial(endpoint, proxy, context);
    this.#open.set(key, opening);
    const forget = () => {
      if (this.#open.get(key) === opening) this.#open.delete(key);
    };
    opening.then(({ client }) => client.on("close", forget), forget);
    return opening;
  }

  async #dial(endpoint: Endpoint, proxy: Endpoint | undefined, context: DialContext): Promise<OpenConnection> {
    const client = await (proxy === undefined
      ? retry(endpoint.dialErrorLimit, context, () => dial(endpoint, undefined, context.signal))
      : this.#dialThrough(proxy, endpoint, context));
    return { client, sessions: new Semaphore(SESSIONS_PER_CONNECTION) };
  }

  /**
   * Connects through a proxy as the real plugin does: it retries to open a channel to the server,
   * and then every handshake on that one channel. The first failed handshake ends the channel, so
   * all later attempts fail as well (plugin 1.2.1, `Connection.Dial`).
   */
  async #dialThrough(proxy: Endpoint, endpoint: Endpoint, context: DialContext): Promise<Client> {
    const channel = await retry(endpoint.dialErrorLimit, context, async () =>
      openThrough((await this.get(proxy, context)).client, endpoint, context.signal),
    );
    let handshakes = 0;
    return retry(endpoint.dialErrorLimit, context, () => {
      if (handshakes++ > 0) throw new Error(`can't connect to ${addressOf(endpoint)}: handshake failed: EOF`);
      return dial(endpoint, channel, context.signal);
    });
  }

  /**
   * Opens a session. If the open connection has died unnoticed (its server restarted), it tries
   * once more on a new one. It does not retry when the server itself refuses.
   */
  async session<T>(
    connection: Connection,
    context: DialContext,
    use: (open: OpenConnection) => Promise<T>,
  ): Promise<T> {
    const open = await this.get(connection, context);
    try {
      return await use(open);
    } catch (error) {
      if (!(error instanceof LostConnectionError)) throw error;
      open.client.destroy();
      this.#open.delete(keyOf(connection));
      return use(await this.get(connection, context));
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    for (const result of opened) if (result.status === "fulfilled") result.value.client.end();
  }
}

/** A session could not be opened because its connection is gone. */
class LostConnectionError extends Error {
  override readonly name = "LostConnectionError";
  readonly code = "LostConnection";
}

/**
 * Runs `open` with a callback of the SSH library. Distinguishes a refusal from a lost connection.
 */
export async function openChannel<T>(
  open: (callback: (error: Error | undefined, channel: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      const refused = error instanceof Error && "reason" in error;
      const Failure = refused ? Error : LostConnectionError;
      reject(new Failure("the server opened no session", { cause: error }));
    };
    try {
      open((error, channel) => {
        if (error === undefined) resolve(channel);
        else fail(error);
      });
    } catch (error) {
      fail(error);
    }
  });
}

function keyOf({ proxy, ...endpoint }: Connection): string {
  return JSON.stringify([endpoint, proxy ?? null]);
}

/** @param limit The number of failures that are retried; -1 means no limit. */
async function retry<T>(limit: number, { progress, signal }: DialContext, attempt: () => Promise<T>): Promise<T> {
  let pause = FIRST_PAUSE_MILLISECONDS;
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      if (limit >= 0 && failures > limit) throw new Error(`after ${failures} attempts`, { cause: error });
      progress(`dial ${failures}/${limit < 0 ? "unlimited" : limit} failed, trying again: ${reason}`);
    }
    await sleep(pause, undefined, { signal });
    pause = Math.min(pause * PAUSE_FACTOR, LONGEST_PAUSE_MILLISECONDS);
  }
}
