import { connect, type Socket } from "node:net";

/** Where bytes are sent to. */
export interface Target {
  host: string;
  port: number;
}

/** One HTTP answer, as it came over the wire. */
export interface RawAnswer {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  body: string;
}

/** What came back over one connection until the server closed it. */
export interface Conversation {
  answers: RawAnswer[];
  /** Bytes after the last whole answer. */
  rest: string;
  /** The connection's error, when it didn't end in order: ECONNRESET, EPIPE ... */
  error?: string;
}

/**
 * How long a server may keep a connection that it should close: more than any of its own timeouts.
 */
const BOUND_MS = 180_000;

/** The host and port of a URL. */
export function targetOf(url: string): Target {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port === "" ? 80 : Number(port) };
}

/**
 * Opens a connection that bytes are sent over as they are; what comes back is latin1, one character
 * a byte.
 */
export async function dial({ host, port }: Target): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket.removeAllListeners("error").setEncoding("latin1");
}

/**
 * Reads a connection until the server closes it, or until so many answers have come.
 *
 * @throws Error when the server does neither within BOUND_MS.
 */
export async function listen(
  socket: Socket,
  { answers: enough = Infinity, head = false }: { answers?: number; head?: boolean } = {},
): Promise<Conversation> {
  let text = "";
  let error: string | undefined;
  await new Promise<void>((resolve, reject) => {
    const bound = setTimeout(() => {
      reject(new Error(`the server neither answered nor closed within ${BOUND_MS} ms; it said: ${text}`));
      socket.destroy();
    }, BOUND_MS);
    const end = () => {
      clearTimeout(bound);
      socket.destroy();
      resolve();
    };
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (readAnswers(text, head).answers.length >= enough) end();
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      error ??= code;
    });
    socket.once("end", end).once("close", end);
  });
  return { ...readAnswers(text, head), ...(error !== undefined && { error }) };
}

/**
 * Sends bytes and reads what comes back. `leave`: says at once that nothing more will come, as a
 * client that gave up.
 */
export async function say(
  target: Target,
  bytes: string,
  { leave = false, ...reading }: { leave?: boolean; answers?: number; head?: boolean } = {},
): Promise<Conversation> {
  const socket = await dial(target);
  const heard = listen(socket, reading);
  socket.write(bytes, "latin1");
  if (leave) socket.end();
  return heard;
}

/**
 * Takes whole answers off the front of what came over a connection; interim ones (100 Continue) are
 * none. `head`: they have no bodies.
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
