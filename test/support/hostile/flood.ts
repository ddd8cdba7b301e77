import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dial, listen, type Conversation, type Target } from "./raw-http.ts";

/** Connections that are opened at the same time: fewer than a listener lets wait. */
const AT_ONCE = 250;
/**
 * A slow client's pause between two bytes: shorter than any timeout that starts again with each.
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
 * Opens so many connections, and hands each of them to `use` at once; what that waits for goes on
 * beside the opening.
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
 * Sends the start of a request, then one byte after another that never finishes it, until the
 * server closes.
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
 * Sends the start of a request, then the same piece as fast as it is taken, until the server closes
 * or has answered.
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
