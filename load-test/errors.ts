import { classOfStatus, type ErrorClass } from "../operate/error-class.ts";
import type { Answer } from "./answers.ts";

/**
 * k6's codes of connection errors. https://grafana.com/docs/k6/latest/javascript-api/error-codes/
 */
const REFUSED = [1212];
const RESET = [1220, 1201, 1000, 1200];
const TIMEOUT = [1050, 1211];

/** HTTP statuses that are regular answers of the event, by kind of request. */
const GOOD = { first: [202, 201, 409, 410], again: [202, 201, 409, 410], status: [200] };

/** Returns the class of an error, or undefined for a regular answer. */
export function errorOf({ kind, status, error, retryAfter }: Answer): ErrorClass | undefined {
  if (GOOD[kind].includes(status) && (error === 0 || status >= 400)) return undefined;
  if (status === 0 || (error !== 0 && error < 1400)) {
    if (REFUSED.includes(error)) return "refused";
    if (RESET.includes(error)) return "reset";
    if (TIMEOUT.includes(error)) return "timeout";
    return "no connection";
  }
  return classOfStatus(status, retryAfter);
}
