import { performance } from "node:perf_hooks";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { parseIdempotencyKey, parseRequestBody } from "@gifticon/contract/request.ts";
import { newRequestId, requestIdOfKey } from "@gifticon/contract/request-id.ts";
import type { FastifyBaseLogger } from "fastify";
import type { Acceptor } from "./acceptor.ts";
import { answerOf, statusOfPost } from "./answers.ts";
import type { Drain } from "./drain.ts";
import type { ApiMetrics } from "./metrics.ts";

/** Dependencies of accepting a request. */
export interface AcceptParts {
  acceptor: Acceptor;
  metrics: ApiMetrics;
  /** Counts each request. Once it has started, answers close their connection. */
  drain: Drain;
  log: FastifyBaseLogger;
}

/** An HTTP answer. Fastify or the fast path sends it. */
export interface Answer {
  status: number;
  /** Headers besides those of every answer. */
  headers: Record<string, string>;
  body: object;
}

/**
 * Accepts a request for a gifticon, given its body and `Idempotency-Key`. Errors become answers; it
 * never throws.
 */
export async function acceptRequest(
  { acceptor, metrics, drain, log }: AcceptParts,
  text: string,
  idempotencyKey: string | string[] | undefined,
): Promise<Answer> {
  const started = performance.now();
  drain.recordRequest();
  const seconds = () => (performance.now() - started) / 1_000;
  let requestId: string | undefined;
  try {
    const { userId } = parseRequestBody(text);
    const key = parseIdempotencyKey(idempotencyKey);
    requestId = key === undefined ? newRequestId() : requestIdOfKey(userId, key);
    const status = await acceptor.accept({ requestId, userId, requestedAt: Date.now() });
    const outcome = status.status === "rejected" ? status.reason : status.status;
    metrics.answered(outcome, seconds());
    log.debug({ requestId, outcome }, "a request was answered");
    return { status: statusOfPost(status), headers: { location: `${PATHS.gifticons}/${requestId}` }, body: status };
  } catch (error) {
    const { status, outcome, body, headers = {} } = answerOf(error, requestId);
    metrics.answered(outcome, seconds());
    if (status === 500) log.error({ err: error, requestId }, "a request failed");
    // The client may ask support about it, so the log has the id with the reason.
    if (outcome === "unknown") log.warn({ err: error, requestId }, "a request's outcome is unknown");
    // The sender adds headers, so it gets a copy.
    return { status, headers: { ...headers }, body };
  }
}
