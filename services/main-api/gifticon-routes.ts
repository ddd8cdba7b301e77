import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import { InvalidRequestError } from "@gifticon/contract/request.ts";
import { isRequestId } from "@gifticon/contract/request-id.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { FastifyInstance } from "fastify";
import { answerOf, NotReadableError, sendError } from "./answers.ts";
import { requirePlainBody } from "./body-coding.ts";
import { type AcceptParts, acceptRequest } from "./accept-request.ts";

/** Dependencies of the gifticon routes. */
export interface GifticonParts extends AcceptParts {
  findStatus: (requestId: string) => Promise<RequestStatus>;
}

/** Registers `POST /gifticons` and `GET /gifticons/{requestId}`. */
export function registerGifticons(app: FastifyInstance, parts: GifticonParts): void {
  const { findStatus, metrics, drain } = parts;
  app.post(PATHS.gifticons, {
    onRequest: (request, _reply, done) => {
      requirePlainBody(request.headers);
      done();
    },
    handler: async (request, reply) => {
      const text = typeof request.body === "string" ? request.body : "";
      const { status, headers, body } = await acceptRequest(parts, text, request.headers[IDEMPOTENCY_KEY]);
      return reply.code(status).headers(headers).send(body);
    },
    // The body's coding, size or media type was rejected before the handler.
    errorHandler: (error, _request, reply) => {
      const answer = answerOf(error);
      metrics.answered(answer.outcome, 0);
      sendError(reply, answer);
    },
  });

  app.get<{ Params: { requestId: string } }>(`${PATHS.gifticons}/:requestId`, async (request) => {
    drain.recordRequest();
    const { requestId } = request.params;
    if (!isRequestId(requestId)) throw new InvalidRequestError("requestId", "must be a UUID");
    return findStatus(requestId.toLowerCase()).catch((error: unknown) => {
      throw new NotReadableError("the status can't be read", { cause: error });
    });
  });
}
