import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Operations } from "@gifticon/contract/runtime/operations.ts";
import { registerOperations } from "@gifticon/contract/runtime/operations.ts";
import { InvalidRequestError, parseIdempotencyKey, parseRequestBody } from "@gifticon/contract/request.ts";
import { isRequestId, newRequestId, requestIdOfKey } from "@gifticon/contract/request-id.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import { fastify, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from "fastify";
import type { Acceptor } from "./acceptor.ts";
import { answerOf, type ErrorAnswer, statusOfPost } from "./answers.ts";
import type { Drain } from "./drain.ts";
import type { ApiMetrics } from "./metrics.ts";

const BODY_LIMIT = 4 * 1024;
/** Longer than the load balancer keeps an idle connection (60 s): else it would send a request on one that is being closed. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const TIMEOUT_CHECK_MS = 1_000;

/** What the API needs around it. */
export interface ApiParts {
  acceptor: Acceptor;
  findStatus: (requestId: string) => Promise<RequestStatus>;
  metrics: ApiMetrics;
  operations: Operations;
  log: FastifyBaseLogger;
  /** Hears of each request; while it runs, clients are asked to leave their connections. */
  drain: Drain;
}

/** The HTTP side of main-api; not yet listening. */
export function createApp(parts: ApiParts): FastifyInstance {
  const app = fastify({
    loggerInstance: parts.log,
    disableRequestLogging: true,
    // What still arrives on open connections while the server closes is served; the acceptor is closed after it.
    return503OnClosing: false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    clientErrorHandler: answerUnreadable,
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
    if (answer.status >= 500) reply.log.error({ err: error }, "a request failed");
    return sendError(reply, answer);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: "not_found", message: "there is POST /gifticons and GET /gifticons/{requestId}" }),
  );
  registerOperations(app, parts.operations);
  registerGifticons(app, parts);
  return app;
}

function registerGifticons(app: FastifyInstance, { acceptor, findStatus, metrics, drain }: ApiParts): void {
  app.post("/gifticons", {
    handler: async (request, reply) => {
      const started = performance.now();
      drain.saw();
      const seconds = () => (performance.now() - started) / 1_000;
      let requestId: string | undefined;
      try {
        const { userId } = parseRequestBody(typeof request.body === "string" ? request.body : "");
        const key = parseIdempotencyKey(request.headers["idempotency-key"]);
        requestId = key === undefined ? newRequestId() : requestIdOfKey(userId, key);
        const status = await acceptor.accept({ requestId, userId, requestedAt: Date.now() });
        metrics.answered(status.status === "rejected" ? status.reason : status.status, seconds());
        return await reply.code(statusOfPost(status)).header("location", `/gifticons/${requestId}`).send(status);
      } catch (error) {
        const answer = answerOf(error, requestId);
        metrics.answered(answer.outcome, seconds());
        if (answer.status === 500) request.log.error({ err: error, requestId }, "a request failed");
        return sendError(reply, answer);
      }
    },
    // Rejected before the handler: the body's size or its media type.
    errorHandler: (error, _request, reply) => {
      const answer = answerOf(error);
      metrics.answered(answer.outcome, 0);
      sendError(reply, answer);
    },
  });

  app.get<{ Params: { requestId: string } }>("/gifticons/:requestId", async (request, reply) => {
    drain.saw();
    const { requestId } = request.params;
    if (!isRequestId(requestId)) throw new InvalidRequestError("requestId", "must be a UUID");
    return reply.send(await findStatus(requestId.toLowerCase()));
  });

  const others = (url: string, allow: string, method: string[]) => {
    app.route({
      url,
      method,
      handler: (_request, reply) =>
        reply
          .code(405)
          .header("allow", allow)
          .send({ code: "method_not_allowed", message: `allowed here: ${allow}` }),
    });
  };
  others("/gifticons", "POST", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]);
  others("/gifticons/:requestId", "GET, HEAD", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
}

function sendError(reply: FastifyReply, { status, body, retryAfter }: ErrorAnswer): FastifyReply {
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  return reply.code(status).send(body);
}

/** Answers what isn't HTTP, or came too slowly: an explicit error, not a reset. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const [status, code] =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "request_timeout"]
      : error.code === "HPE_HEADER_OVERFLOW"
        ? ["431 Request Header Fields Too Large", "headers_too_large"]
        : ["400 Bad Request", "bad_request"];
  const body = JSON.stringify({ code, message: "the request can't be read" });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
