import { classOfStatus, type ErrorClass } from "../operate/error-class.ts";
import type { LoadAnswer } from "./load.ts";

/** How the system looked to its clients. */
export interface Figures {
  asked: number;
  accepted: number;
  /** Share of requests that were accepted, 0 to 1. */
  availability: number;
  /** The longest time without an accepted request, in milliseconds. */
  longestGapMs: number;
  /** How many requests ended in an error, by its class. */
  errors: Partial<Record<ErrorClass, number>>;
}

/** Errors that say nothing: the client can't tell what became of its request. */
export const SILENT: readonly ErrorClass[] = ["refused", "reset", "timeout", "no connection"];

const REFUSED = ["ECONNREFUSED"];
const RESET = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];
const TIMEOUT = ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

/** The class of an answer that is an error; undefined for one that is a promise. */
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
 * Counts what clients saw.
 *
 * @param from when the load had begun to be served, and `to`, when it was ended: milliseconds since 1970. The gap before the first and after the
 *   last accepted request counts.
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
