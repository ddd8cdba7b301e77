import { classOfStatus, type ErrorClass } from "../operate/error-class.ts";
import type { Answer } from "./answers.ts";

/** The numbers that k6 gives to what goes wrong below HTTP. https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
const REFUSED = [1212];
const RESET = [1220, 1201, 1000, 1200];
const TIMEOUT = [1050, 1211];

/** The answers that are the event's own: taken, issued, had one already, sold out, and what the status of a request is. */
const GOOD = { first: [202, 201, 409, 410], again: [202, 201, 409, 410], status: [200] };

/** The class of an answer that is an error; undefined for one that is not. */
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
