import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { Verdict } from "@gifticon/runtime/operations.ts";

/** Takes requests: into Kafka, or straight into the database. */
export interface Acceptor {
  /**
   * Takes one request. When it returns, the request can't be lost any more.
   *
   * @throws OverloadedError or UnavailableError when nothing was done with it; OutcomeUnknownError when that isn't known.
   */
  accept: (request: GifticonRequest) => Promise<RequestStatus>;
  /** Requests waiting and under way. */
  pending: () => number;
  readiness: () => Verdict | Promise<Verdict>;
  /** Finishes what was handed in and closes its connections. */
  close: () => Promise<void>;
}

/** What the acceptor writes to is away; the request was not taken, for certain. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** The request was handed on and no answer came: it may or may not have been taken. Asking again with the same key is safe. */
export class OutcomeUnknownError extends Error {
  override readonly name = "OutcomeUnknownError";
}
