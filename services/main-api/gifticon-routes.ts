import { performance } from "node:perf_hooks";
import { InvalidRequestError, parseIdempotencyKey, parseRequestBody } from "@gifticon/contract/request.ts";
import { isRequestId, newRequestId, requestIdOfKey } from "@gifticon/contract/request-id.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { FastifyInstance } from "fastify";
import type { Acceptor } from "./acceptor.ts";
import { answerOf, NotReadableError, sendError, statusOfPost } from "./answers.ts";
import type { Drain } from "./drain.ts";
import type { ApiMetrics } from "./metrics.ts";

/** What requests for gifticons need. */
export interface GifticonParts {
  acceptor: Acceptor;
  findStatus: (requestId: string) => Promise<RequestStatus>;
  metrics: ApiMetrics;
  /** Hears of each request; while it runs, clients are asked to leave their connections. */
  drain: Drain;
}

/** Adds `POST /gifticons` and `GET /gifticons/{requestId}`. */
export function registerGifticons(app: FastifyInstance, { acceptor, findStatus, metrics, drain }: GifticonParts): void {
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
        const outcome = status.status === "rejected" ? status.reason : status.status;
        metrics.answered(outcome, seconds());
        request.log.debug({ requestId, outcome }, "a request was answered");
        return await reply.code(statusOfPost(status)).header("location", `/gifticons/${requestId}`).send(status);
      } catch (error) {
        const answer = answerOf(error, requestId);
        metrics.answered(answer.outcome, seconds());
        if (answer.status === 500) request.log.error({ err: error, requestId }, "a request failed");
        // Its client may ask anybody: the log is where its id is found together with the reason.
        if (answer.outcome === "unknown") request.log.warn({ err: error, requestId }, "a request's outcome is unknown");
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

  app.get<{ Params: { requestId: string } }>("/gifticons/:requestId", async (request) => {
    drain.saw();
    const { requestId } = request.params;
    if (!isRequestId(requestId)) throw new InvalidRequestError("requestId", "must be a UUID");
    return findStatus(requestId.toLowerCase()).catch((error: unknown) => {
      throw new NotReadableError("the status can't be read", { cause: error });
    });
  });
}
