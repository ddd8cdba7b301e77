import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Where to listen. */
export interface Door {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** How many connections may wait at each listener to be accepted. */
  backlog: number;
}

/**
 * Node accepts one connection of a listener in each turn of its loop (libuv/libuv#3696). Among clients that ask all the time a turn
 * takes long, and those who come meanwhile would wait for tens of seconds: of 6,000 at once, 400 were not accepted after 15 s. With
 * 16 listeners it took 10 s, with 64 less than one.
 */
const LISTENERS = 64;

/** Listens with several listeners on one port, among which the kernel shares out who comes; closing the app closes all. Returns the URL. */
export async function listen(app: FastifyInstance, door: Door): Promise<string> {
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

  const shared = { ...door, reusePort: true };
  const url = await app.listen(shared);
  const port = Number(new URL(url).port);
  await Promise.all(others.map((other) => once(other.listen({ ...shared, port }), "listening")));
  return url;
}
