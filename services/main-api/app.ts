import { METHODS as HTTP_METHODS, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { BODY_BYTES, IDLE_SECONDS } from "@gifticon/contract/facts/http.ts";
import { type Operations, registerOperations } from "@gifticon/runtime/operations.ts";
import { fastify, type FastifyInstance, LogController } from "fastify";
import { answerOf, sendError } from "./answers.ts";
import { type EventParts, registerEvent } from "./event-routes.ts";
import { type GifticonParts, registerGifticons } from "./gifticon-routes.ts";
import { withFastPath } from "./fast-path.ts";

/**
 * Exceeds the load balancer's idle timeout, so that it never uses a connection that is being
 * closed.
 */
const KEEP_ALIVE_MS = (IDLE_SECONDS + 15) * 1_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const TIMEOUT_CHECK_MS = 1_000;
/** Methods that Node's server passes on. It answers CONNECT by an event of its own. */
const METHODS = HTTP_METHODS.filter((method) => method !== "CONNECT");

/** Dependencies of the API. */
export interface ApiParts extends GifticonParts, EventParts {
  operations: Operations;
}

/** Creates the HTTP server of main-api. It doesn't listen yet. */
export function createApp(parts: ApiParts): FastifyInstance {
  const app = fastify({
    loggerInstance: parts.log,
    // Log lines name the request's id themselves, so no logger is made for each request.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Requests on open connections are served while the server closes. The acceptor closes later.
    return503OnClosing: false,
    bodyLimit: BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    clientErrorHandler: answerUnreadable,
    // Routing errors, such as a path that can't be decoded, don't reach the error handler below.
    frameworkErrors: (error, _request, reply) => {
      void sendError(reply, answerOf(error));
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    done(null, text);
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    reply.header("cache-control", "no-store");
    if (parts.drain.started) reply.header("connection", "close");
    done();
  });
  app.setErrorHandler((error, _request, reply) => {
    const answer = answerOf(error);
    if (answer.status === 500) reply.log.error({ err: error }, "a request failed");
    return sendError(reply, answer);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: "not_found", message: "there is no such path; /openapi.json lists all" }),
  );
  const served = new Map<string, string[]>();
  app.addHook("onRoute", ({ url, method }) => {
    served.set(url, [...(served.get(url) ?? []), ...[method].flat()]);
  });
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  registerRoutes(app, parts);
  refuseOtherMethods(app, new Map(served));
  app.server.on("checkExpectation", refuseExpectation);
  app.server.on("connect", refuseTunnel);
  for (const listener of app.server.listeners("request") as RequestListener[]) {
    app.server.off("request", listener).on("request", withFastPath(parts, BODY_BYTES, listener));
  }
  return app;
}

/** Registers all routes. `openapi.ts` describes them. */
export function registerRoutes(app: FastifyInstance, parts: ApiParts): void {
  registerEvent(app, parts);
  registerGifticons(app, parts);
  registerOperations(app, parts.operations);
}

/** Answers 405 to the methods that a path doesn't serve. */
function refuseOtherMethods(app: FastifyInstance, served: ReadonlyMap<string, readonly string[]>): void {
  for (const [url, methods] of served) {
    const allow = methods.toSorted().join(", ");
    app.route({
      url,
      method: METHODS.filter((method) => !methods.includes(method)),
      handler: (_request, reply) =>
        reply
          .code(405)
          .header("allow", allow)
          .send({ code: "method_not_allowed", message: `allowed here: ${allow}` }),
    });
  }
}

/** Answers 417 to an `Expect` other than 100-continue. Node's server alone would send no body. */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = JSON.stringify({
    code: "expectation_failed",
    message: "the only expectation that is met is 100-continue",
  });
  response.writeHead(417, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  });
  response.end(body);
}

/** Answers 405 to CONNECT. Node's server alone would close the connection without an answer. */
function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  answerAndClose(socket, "405 Method Not Allowed", "method_not_allowed", "this is no proxy");
}

/** Answers invalid or too slow HTTP with an explicit error instead of a reset. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const [status, code] =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "request_timeout"]
      : error.code === "HPE_HEADER_OVERFLOW"
        ? ["431 Request Header Fields Too Large", "headers_too_large"]
        : ["400 Bad Request", "bad_request"];
  answerAndClose(socket, status, code, "the request can't be read");
}

/** Writes an answer to a bare socket and closes it. */
function answerAndClose(socket: Duplex, status: string, code: string, message: string): void {
  const body = JSON.stringify({ code, message });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
