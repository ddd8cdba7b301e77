import { connect, type Socket } from "node:net";

/** The server to which bytes are sent. */
export interface Target {
  host: string;
  port: number;
}

/** One HTTP answer as received. */
export interface RawAnswer {
  status: number;
  /** The names are in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** The bytes received over one connection until the server closed it. */
export interface Conversation {
  answers: RawAnswer[];
  /** Bytes after the last complete answer. */
  rest: string;
  /** The connection's error, if it had one: ECONNRESET, EPIPE ... */
  error?: string;
}

/** Milliseconds that a server may keep a connection open, more than any of its own timeouts. */
const BOUND_MS = 180_000;

/** Returns the host and port of a URL. */
export function targetOf(url: string): Target {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port === "" ? 80 : Number(port) };
}

/** Opens a connection. Bytes are sent unchanged, and received as latin1, one character a byte. */
export async function dial({ host, port }: Target): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket.removeAllListeners("error").setEncoding("latin1");
}

/**
 * Reads a connection until the server closes it, or until this many answers have come.
 *
 * @throws Error when the server does neither within BOUND_MS.
 */
export async function listen(
  socket: Socket,
  { answers: wanted = Infinity, head = false }: { answers?: number; head?: boolean } = {},
): Promise<Conversation> {
  let text = "";
  let error: string | undefined;
  await new Promise<void>((resolve, reject) => {
    const bound = setTimeout(() => {
      reject(new Error(`the server neither answered nor closed within ${BOUND_MS} ms; received: ${text}`));
      socket.destroy();
    }, BOUND_MS);
    const end = () => {
      clearTimeout(bound);
      socket.destroy();
      resolve();
    };
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (readAnswers(text, head).answers.length >= wanted) end();
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      error ??= code;
    });
    socket.once("end", end).once("close", end);
  });
  return { ...readAnswers(text, head), ...(error !== undefined && { error }) };
}

/**
 * Sends bytes and reads the answers. With `leave`, it ends its side of the connection at once, as a
 * client that gives up.
 */
export async function send(
  target: Target,
  bytes: string,
  { leave = false, ...reading }: { leave?: boolean; answers?: number; head?: boolean } = {},
): Promise<Conversation> {
  const socket = await dial(target);
  const conversation = listen(socket, reading);
  socket.write(bytes, "latin1");
  if (leave) socket.end();
  return conversation;
}

/**
 * Parses complete answers from received text. Interim answers (100 Continue) are skipped. With
 * `head`, answers have no bodies.
 */
function readAnswers(text: string, head = false): Pick<Conversation, "answers" | "rest"> {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const match = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
    if (match === null) return { answers, rest };
    const [whole, code = "", lines = ""] = match;
    const status = Number(code);
    const headers = Object.fromEntries(
      lines
        .split("\r\n")
        .filter((line) => line !== "")
        .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const bare = head || status < 200 || status === 204 || status === 304;
    const length = bare ? 0 : Number(headers["content-length"] ?? rest.length - whole.length);
    if (rest.length < whole.length + length) return { answers, rest };
    if (status >= 200) answers.push({ status, headers, body: rest.slice(whole.length, whole.length + length) });
    rest = rest.slice(whole.length + length);
  }
}
