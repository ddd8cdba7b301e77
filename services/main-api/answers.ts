import { BODY_BYTES } from "@gifticon/contract/facts/http.ts";
import { InvalidRequestError } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { FastifyReply } from "fastify";
import { OutcomeUnknownError, UnavailableError } from "./acceptor.ts";
import { OverloadedError } from "./batcher.ts";
import { UnsupportedCodingError } from "./body-coding.ts";
import type { PostOutcome } from "./metrics.ts";

/** The requested data can't be read now. */
export class NotReadableError extends Error {
  override readonly name = "NotReadableError";
  readonly code = "NOT_READABLE";
}

/** Body of every error answer. */
export interface ErrorBody {
  code: string;
  /** States the fault and the remedy, for a person. */
  message: string;
  /** The invalid field of the request. */
  field?: string;
  /** Says for a failed request if it may have been accepted nevertheless. */
  outcome?: "not_accepted" | "unknown";
  requestId?: string;
}

/** An error as an HTTP answer, with the outcome that the metrics count. */
export interface ErrorAnswer {
  status: number;
  body: ErrorBody;
  /** Headers of the answer, by lower-case name. */
  headers?: Record<string, string>;
  outcome: PostOutcome;
}

/** Tells the client to retry after a second. */
const RETRY_SOON = { "retry-after": "1" };

/** Returns the HTTP status of the answer to `POST /gifticons`. */
export function statusOfPost(status: RequestStatus): number {
  if (status.status === "queued") return 202;
  if (status.status === "issued") return 201;
  return status.reason === "duplicate" ? 409 : 410;
}

/** Sends an error answer. */
export function sendError(reply: FastifyReply, { status, body, headers = {} }: ErrorAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** Converts an error to an answer. Internal errors reveal no details. */
export function answerOf(error: unknown, requestId?: string): ErrorAnswer {
  if (error instanceof InvalidRequestError) {
    const { field, message } = error;
    return { status: 400, body: { code: "invalid_request", message, field }, outcome: "invalid" };
  }
  if (error instanceof UnsupportedCodingError) {
    const { status, code, message, headers } = error;
    return { status, headers, body: { code, message }, outcome: "invalid" };
  }
  if (error instanceof OverloadedError) return notAccepted("overloaded", "too many requests at once; retry shortly");
  if (error instanceof UnavailableError)
    return notAccepted("unavailable", "requests can't be accepted now; retry shortly");
  if (error instanceof NotReadableError) {
    const body = { code: "unavailable", message: "this can't be read now; retry shortly" };
    return { status: 503, headers: RETRY_SOON, outcome: "unavailable", body };
  }
  if (error instanceof OutcomeUnknownError) {
    return {
      status: 503,
      headers: RETRY_SOON,
      outcome: "unknown",
      body: {
        code: "outcome_unknown",
        message:
          "the request may or may not have been accepted; retry with the same Idempotency-Key, or read its status",
        outcome: "unknown",
        ...(requestId !== undefined && { requestId }),
      },
    };
  }
  return clientErrorOf(error) ?? internalError();
}

function notAccepted(code: "overloaded" | "unavailable", message: string): ErrorAnswer {
  return { status: 503, headers: RETRY_SOON, outcome: code, body: { code, message, outcome: "not_accepted" } };
}

/** Converts an error of fastify's own: body size, media type, content length. */
function clientErrorOf(error: unknown): ErrorAnswer | undefined {
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  if (statusCode === 413) return rejected(413, "body_too_large", `the body may have at most ${BODY_BYTES} bytes`);
  if (statusCode === 415) {
    const message = "the body must be sent with Content-Type: application/json";
    // RFC 9110, 15.5.16 keeps Accept-Encoding out of this answer: the client must see which of the
    // two is wrong.
    return { ...rejected(415, "unsupported_media_type", message), headers: { accept: "application/json" } };
  }
  if (code === "FST_ERR_CTP_EMPTY_JSON_BODY" || (statusCode !== undefined && statusCode >= 400 && statusCode < 500)) {
    return rejected(statusCode ?? 400, "bad_request", "the request can't be read");
  }
  return undefined;
}

function rejected(status: number, code: string, message: string): ErrorAnswer {
  return { status, body: { code, message }, outcome: "invalid" };
}

function internalError(): ErrorAnswer {
  return { status: 500, body: { code: "internal_error", message: "the server failed" }, outcome: "failed" };
}
