import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dial, listen, type Conversation, type Target } from "./raw-http.ts";

/** Connections that are opened at the same time, fewer than a listener's backlog. */
const AT_ONCE = 250;
/**
 * Milliseconds between two bytes of a slow client, less than any timeout that each byte restarts.
 */
const DRIP_MS = 500;

/**
 * Maximum number of connections of this process, below its limit of open files. The tested server
 * has the same limit.
 */
export function connectionLimit(wanted: number): number {
  const [, files = "unlimited"] = /^Max open files +\S+ +(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return files === "unlimited" ? wanted : Math.min(wanted, Number(files) - 1_000);
}

/**
 * Opens this many connections, and calls `use` with each as soon as it is open, while others are
 * still being opened.
 */
export async function openMany<T>(target: Target, count: number, use: (socket: Socket) => Promise<T>): Promise<T[]> {
  const uses: Promise<T>[] = [];
  while (uses.length < count) {
    const sockets = await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - uses.length) }, () => dial(target)),
    );
    uses.push(...sockets.map(use));
  }
  return Promise.all(uses);
}

/**
 * Sends the start of a request and then single bytes that never complete it, until the server
 * closes the connection.
 */
export async function drip(socket: Socket, start: string, byte: string): Promise<Conversation> {
  const heard = listen(socket);
  socket.write(start, "latin1");
  const timer = setInterval(() => socket.write(byte, "latin1"), DRIP_MS);
  return heard.finally(() => {
    clearInterval(timer);
  });
}

/**
 * Sends the start of a request and then the same piece as fast as possible, until the server
 * answers or closes the connection.
 */
export async function pour(
  socket: Socket,
  start: string,
  piece: string,
): Promise<Conversation & { sentBytes: number }> {
  const heard = listen(socket, { answers: 1 });
  let sentBytes = 0;
  const fill = () => {
    while (socket.writable) {
      sentBytes += piece.length;
      if (!socket.write(piece, "latin1")) return;
    }
  };
  socket.on("drain", fill);
  socket.write(start, "latin1");
  fill();
  return { ...(await heard), sentBytes };
}
