import { performance } from "node:perf_hooks";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { parseIdempotencyKey, parseRequestBody } from "@gifticon/contract/request.ts";
import { newRequestId, requestIdOfKey } from "@gifticon/contract/request-id.ts";
import type { FastifyBaseLogger } from "fastify";
import type { Acceptor } from "./acceptor.ts";
import { answerOf, statusOfPost } from "./answers.ts";
import type { Drain } from "./drain.ts";
import type { ApiMetrics } from "./metrics.ts";

/** What taking a request needs. */
export interface TakeParts {
  acceptor: Acceptor;
  metrics: ApiMetrics;
  /** Hears of each request; while it runs, clients are asked to leave their connections. */
  drain: Drain;
  log: FastifyBaseLogger;
}

/** An answer as it goes out, whoever writes it. */
export interface Answer {
  status: number;
  /** Those that every answer has come on top. */
  headers: Record<string, string>;
  body: object;
}

/** Takes a request for a gifticon by its body and its `Idempotency-Key`. Never fails: errors are answers too. */
export async function takeRequest(
  { acceptor, metrics, drain, log }: TakeParts,
  text: string,
  idempotencyKey: string | string[] | undefined,
): Promise<Answer> {
  const started = performance.now();
  drain.saw();
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
    // Its client may ask anybody: the log is where its id is found together with the reason.
    if (outcome === "unknown") log.warn({ err: error, requestId }, "a request's outcome is unknown");
    // A copy: its writer adds headers of its own.
    return { status, headers: { ...headers }, body };
  }
}
