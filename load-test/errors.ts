import type { Answer } from "./answers.ts";

/** What a user got in place of an answer, or beside it. */
export type ErrorClass =
  "refused" | "reset" | "timeout" | "503 with Retry-After" | "5xx" | "4xx" | "no connection" | "wrong state";

/** In the order of the report. */
export const ERROR_CLASSES: readonly ErrorClass[] = [
  "refused",
  "reset",
  "timeout",
  "no connection",
  "503 with Retry-After",
  "5xx",
  "4xx",
  "wrong state",
];

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

/** The class of an HTTP status that is no good answer. */
export function classOfStatus(status: number, retryAfter: boolean): ErrorClass {
  if (status === 503 && retryAfter) return "503 with Retry-After";
  if (status >= 500) return "5xx";
  return status >= 400 ? "4xx" : "wrong state";
}
