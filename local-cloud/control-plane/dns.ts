import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { connect, createServer, type Server } from "node:net";

/**
 * Address of Docker's own resolver. It knows every alias of the networks that this container is in,
 * and asks the machine's resolver for the rest.
 */
const RESOLVER = "127.0.0.11";
const PORT = 53;
/**
 * Milliseconds that a query may take. A client asks again after 5 s (resolv.conf(5)), so a later
 * answer helps nobody.
 */
const TIMEOUT = 5_000;

/** Relays DNS to Docker's resolver, over UDP and TCP. Resolves when both ports listen. */
export async function serveDns(): Promise<void> {
  await Promise.all([serveUdp(), serveTcp()]);
}

async function serveUdp(): Promise<Socket> {
  const server = createSocket("udp4");
  server.on("message", (query, client) => {
    relay(server, query, client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.bind(PORT, () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", report);
  return server;
}

/** Relays a query through a separate socket, whose port identifies the client of the answer. */
function relay(server: Socket, query: Buffer, client: RemoteInfo): void {
  const upstream = createSocket("udp4");
  const close = () => {
    clearTimeout(timer);
    upstream.close();
  };
  const timer = setTimeout(close, TIMEOUT);
  upstream.once("error", (error) => {
    report(error);
    close();
  });
  upstream.once("message", (answer) => {
    server.send(answer, client.port, client.address);
    close();
  });
  upstream.send(query, PORT, RESOLVER);
}

async function serveTcp(): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect({ host: RESOLVER, port: PORT });
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.setTimeout(TIMEOUT, end);
      socket.on("error", end);
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(PORT, "0.0.0.0", resolve);
  });
  return server;
}

function report(error: Error): void {
  console.error(`dns: ${error.message}`);
}
