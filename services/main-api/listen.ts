import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Address and queue length of the server. */
export interface ListenOptions {
  host: string;
  /** Port, or 0 for any free one. */
  port: number;
  /** Maximum number of connections that wait at each listener to be accepted. */
  backlog: number;
}

/**
 * Node accepts one connection of a listener in each turn of its loop (libuv/libuv#3696). Under load
 * a turn takes long, and new connections wait for tens of seconds: of 6,000 at once, 400 were not
 * accepted after 15 s. With 16 listeners accepting all took 10 s, with 64 less than one.
 */
const LISTENERS = 64;

/**
 * Listens on one port with several listeners; the kernel distributes connections among them.
 * Closing the app closes all. Returns the URL.
 */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<string> {
  const others = Array.from({ length: LISTENERS - 1 }, () =>
    createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
      app.server.emit("connection", socket);
    }),
  );
  const closed: Promise<unknown>[] = [];
  app.addHook("preClose", (done) => {
    for (const other of others.filter(({ listening }) => listening)) {
      closed.push(once(other, "close"));
      other.close();
    }
    done();
  });
  app.addHook("onClose", () => Promise.all(closed));

  const shared = { ...options, reusePort: true };
  const url = await app.listen(shared);
  const port = Number(new URL(url).port);
  await Promise.all(others.map((other) => once(other.listen({ ...shared, port }), "listening")));
  return url;
}
