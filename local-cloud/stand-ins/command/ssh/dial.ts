import { once } from "node:events";
import type { Duplex } from "node:stream";
import { Client, type ConnectConfig } from "ssh2";
import { addressOf, type Endpoint } from "../connection.ts";
import { HOST_KEY_ALGORITHMS, hostKeyVerifier } from "./host-key.ts";
import { readablePrivateKey } from "./private-key.ts";

const KEEPALIVE = { keepaliveInterval: 5_000, keepaliveCountMax: 3 };

/**
 * Connects once and logs in.
 *
 * @param channel A channel to the server through another one; without it, the connection is direct.
 * @throws An error that names the endpoint and the step that failed.
 */
export async function dial(endpoint: Endpoint, channel: Duplex | undefined, signal: AbortSignal): Promise<Client> {
  return named(endpoint, signal, () => login(endpoint, channel, signal));
}

/**
 * Opens a channel to a server through another one.
 *
 * @throws An error that names the endpoint.
 */
export async function openThrough(through: Client, endpoint: Endpoint, signal: AbortSignal): Promise<Duplex> {
  return named(endpoint, signal, () => forward(through, endpoint));
}

async function named<T>(endpoint: Endpoint, signal: AbortSignal, connect: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await connect();
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`can't connect to ${addressOf(endpoint)}`, { cause: error });
  }
}

async function forward(through: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    through.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(error);
    });
  });
}

async function login(endpoint: Endpoint, sock: Duplex | undefined, signal: AbortSignal): Promise<Client> {
  const client = new Client();
  const hostKey = { refused: false };
  const verify = endpoint.hostKey === undefined ? () => true : hostKeyVerifier(endpoint.hostKey);
  const config: ConnectConfig = {
    ...KEEPALIVE,
    ...authentication(endpoint),
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: endpoint.perDialTimeout * 1_000,
    algorithms: { serverHostKey: HOST_KEY_ALGORITHMS },
    hostVerifier: (key: Buffer) => {
      hostKey.refused = !verify(key);
      return !hostKey.refused;
    },
  };
  client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => {
    finish(prompts.map(() => endpoint.password ?? ""));
  });
  const ready = once(client, "ready", { signal });
  try {
    client.connect(sock === undefined ? config : { ...config, sock });
    await ready;
    // A later error ends the connection, and its users see it closed.
    client.on("error", () => client.end());
    return client;
  } catch (error) {
    client.on("error", () => undefined);
    client.destroy();
    if (hostKey.refused) throw new Error("the server's host key is not the expected one (hostKey)", { cause: error });
    throw error;
  }
}

function authentication(endpoint: Endpoint): ConnectConfig {
  const agent = endpoint.agentSocketPath ?? process.env["SSH_AUTH_SOCK"];
  return {
    ...(endpoint.privateKey === undefined ? {} : { privateKey: readablePrivateKey(endpoint.privateKey) }),
    ...(endpoint.privateKeyPassword === undefined ? {} : { passphrase: endpoint.privateKeyPassword }),
    ...(endpoint.password === undefined ? {} : { password: endpoint.password, tryKeyboard: true }),
    ...(agent === undefined || agent === "" ? {} : { agent }),
  };
}
