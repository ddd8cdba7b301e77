import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import { type AcceptParts, acceptRequest } from "./accept-request.ts";

const CONTENT_LENGTH = /^\d{1,4}$/;

/**
 * Serves a simple `POST /gifticons` straight from Node's server. Fastify serves everything else and
 * gives the same answers, but its overhead is a tenth of a request's CPU. A simple request has a
 * JSON body of a known, small length.
 *
 * @param bodyLimit maximum body size in bytes. Fastify rejects longer bodies.
 */
export function withFastPath(parts: AcceptParts, bodyLimit: number, fastifyListener: RequestListener): RequestListener {
  return (request, response) => {
    if (isSimple(request, bodyLimit)) serve(parts, request, response);
    else fastifyListener(request, response);
  };
}

function isSimple({ method, url, headers }: IncomingMessage, bodyLimit: number): boolean {
  const length = headers["content-length"];
  return (
    url === PATHS.gifticons &&
    method === "POST" &&
    headers["content-type"] === "application/json" &&
    length !== undefined &&
    CONTENT_LENGTH.test(length) &&
    Number(length) <= bodyLimit &&
    Number(length) > 0 &&
    headers["transfer-encoding"] === undefined &&
    headers["content-encoding"] === undefined
  );
}

function serve(parts: AcceptParts, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
  });
  // When a client disconnects before the end of its body, there is no request and nobody to answer.
  request.on("error", () => undefined);
  request.on("end", () => {
    const [first] = chunks;
    const bytes = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
    void answer(parts, request, response, bytes.toString());
  });
}

async function answer(
  parts: AcceptParts,
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): Promise<void> {
  const { status, headers, body } = await acceptRequest(parts, text, request.headers[IDEMPOTENCY_KEY]);
  const payload = JSON.stringify(body);
  if (parts.drain.started) headers["connection"] = "close";
  headers["cache-control"] = "no-store";
  headers["content-type"] = "application/json; charset=utf-8";
  headers["content-length"] = Buffer.byteLength(payload).toString();
  response.writeHead(status, headers).end(payload);
}
