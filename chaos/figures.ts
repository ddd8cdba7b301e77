import { classOfStatus, type ErrorClass } from "../operate/error-class.ts";
import type { LoadAnswer } from "./load.ts";

/** Figures of the system as its clients saw it. */
export interface Figures {
  asked: number;
  accepted: number;
  /** Share of accepted requests, 0 to 1. */
  availability: number;
  /** Longest time without an accepted request, in milliseconds. */
  longestGapMs: number;
  /** Number of failed requests, by class. */
  errors: Partial<Record<ErrorClass, number>>;
}

/** Errors without an answer. The client can't know whether its request was accepted. */
export const UNANSWERED: readonly ErrorClass[] = ["refused", "reset", "timeout", "no connection"];

const REFUSED = ["ECONNREFUSED"];
const RESET = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];
const TIMEOUT = ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

/** Returns the class of an error, or undefined for an accepted request. */
export function errorOf({ status, error = "", retryAfter }: LoadAnswer): ErrorClass | undefined {
  if (status === 202) return undefined;
  if (status === 0) {
    if (REFUSED.includes(error)) return "refused";
    if (RESET.includes(error)) return "reset";
    if (TIMEOUT.includes(error)) return "timeout";
    return "no connection";
  }
  return classOfStatus(status, retryAfter);
}

/**
 * Computes the figures of a load.
 *
 * @param from time at which the load was first served, in milliseconds since 1970. The gap until
 *   the first accepted request counts.
 * @param to time at which the load ended. The gap since the last accepted request counts.
 */
export function figuresOf(answers: readonly LoadAnswer[], from: number, to: number): Figures {
  const errors: Figures["errors"] = {};
  const served: number[] = [];
  for (const answer of answers) {
    const error = errorOf(answer);
    if (error === undefined) served.push(answer.endedAt);
    else errors[error] = (errors[error] ?? 0) + 1;
  }
  const moments = [from, ...served.filter((at) => at > from && at < to).sort((a, b) => a - b), to];
  return {
    asked: answers.length,
    accepted: served.length,
    availability: answers.length === 0 ? 0 : served.length / answers.length,
    longestGapMs: Math.max(...moments.slice(1).map((at, index) => at - (moments[index] ?? at))),
    errors,
  };
}
