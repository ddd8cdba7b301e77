/** A request that contains another one for a reader that parses it differently. */
export interface Smuggling {
  name: string;
  bytes: string;
}

/** Returns the hidden request, which must not be accepted. */
const hidden = (userId: number, key: string): string =>
  post([`Idempotency-Key: ${key}`], `{"userId": ${userId}}`, "Connection: close");

/** Returns the bytes of a well-formed `POST /gifticons`. */
export function post(headers: readonly string[], body: string, ...more: string[]): string {
  return head(["Content-Type: application/json", `Content-Length: ${body.length}`, ...headers, ...more]) + body;
}

function head(headers: readonly string[], end = "\r\n"): string {
  return ["POST /gifticons HTTP/1.1", "Host: a", ...headers, "", ""].join(end);
}

/**
 * Returns the known ways to make two readers of one connection disagree on the end of a request
 * (RFC 9112, 11.2): a length together with chunks, in both orders of precedence; lengths and
 * codings that only some readers recognize; and lines with unusual ends. The hidden request is
 * where a wrong reader finds it.
 *
 * @param userId The user of the hidden request, with `key` as its `Idempotency-Key`.
 */
export function smugglings(userId: number, key: string): Smuggling[] {
  const inner = hidden(userId, key);
  const chunked = `0\r\n\r\n${inner}`;
  const json = "Content-Type: application/json";
  const withBody = (headers: readonly string[], body: string) => head([json, ...headers]) + body;
  const coding = (line: string) => withBody([`Content-Length: ${chunked.length}`, line], chunked);
  const length = (...lines: string[]) => withBody(lines, inner);
  return [
    ["CL.TE: the length covers what follows the last chunk", coding("Transfer-Encoding: chunked")],
    [
      "TE.CL: the chunk covers what follows the length",
      withBody(
        ["Content-Length: 4", "Transfer-Encoding: chunked"],
        `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
      ),
    ],
    ["TE.TE: a coding that only some readers recognize", coding("Transfer-Encoding: xchunked")],
    ["chunked is not the last coding", coding("Transfer-Encoding: chunked, identity")],
    ["chunked twice", coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow")],
    ["a space before the colon", coding("Transfer-Encoding : chunked")],
    ["a vertical tab before the coding", coding("Transfer-Encoding: \x0bchunked")],
    ["a coding on a folded line", coding("Transfer-Encoding:\r\n chunked")],
    ["a coding after a bare LF", coding("X: y\nTransfer-Encoding: chunked")],
    ["a coding after a bare CR", coding("X: y\rTransfer-Encoding: chunked")],
    ["a coding after a NUL", coding("X: y\0Transfer-Encoding: chunked")],
    ["two lengths", length("Content-Length: 0", `Content-Length: ${inner.length}`)],
    ["two lengths in one line", length(`Content-Length: 0, ${inner.length}`)],
    ["a length with a sign", length("Content-Length: +0")],
    ["a negative length", length("Content-Length: -1")],
    ["a length in hexadecimal", length("Content-Length: 0x0")],
    ["a length with text after it", length("Content-Length: 0 1")],
    ["a length on a folded line", length("Content-Length:\r\n 0")],
    ["a length that is too large for a number", length(`Content-Length: ${2n ** 64n}`)],
    [
      "a chunk's size that is too large for a number",
      withBody(["Transfer-Encoding: chunked"], `${"f".repeat(17)}\r\n${inner}`),
    ],
    ["a chunk's size with a sign", withBody(["Transfer-Encoding: chunked"], `-1\r\n${inner}`)],
    ["a chunk that ends with a bare LF", withBody(["Transfer-Encoding: chunked"], `1\r\n{\n0\r\n\r\n${inner}`)],
    ["lines that all end with a bare LF", head([json, "Content-Length: 0"], "\n") + inner],
    [
      "a length after a space that starts the headers",
      head([json]).replace("\r\nHost", "\r\n Content-Length: 5\r\nHost") + inner,
    ],
  ].map(([name = "", bytes = ""]) => ({ name, bytes }));
}
