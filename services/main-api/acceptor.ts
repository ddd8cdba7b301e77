import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { CheckResult } from "@gifticon/runtime/operations.ts";

/** Accepts requests, into Kafka or straight into the database. */
export interface Acceptor {
  /**
   * Accepts a request. Once it returns, the request can't be lost.
   *
   * @throws OverloadedError or UnavailableError when the request was not accepted;
   *   OutcomeUnknownError when that is unknown.
   */
  accept: (request: GifticonRequest) => Promise<RequestStatus>;
  /** Returns the number of requests without a result. */
  pending: () => number;
  /** Reports whether requests can be accepted now. */
  readiness: () => CheckResult | Promise<CheckResult>;
  /** Finishes the submitted requests and closes the connections. */
  close: () => Promise<void>;
}

/** Kafka or the database is unavailable. The request was certainly not accepted. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly code = "UNAVAILABLE";
}

/**
 * No acknowledgement came, so the request may or may not have been accepted. A retry with the same
 * key is safe.
 */
export class OutcomeUnknownError extends Error {
  override readonly name = "OutcomeUnknownError";
  readonly code = "OUTCOME_UNKNOWN";
}
