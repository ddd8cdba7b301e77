/** Classes of failed requests. */
export type ErrorClass =
  "refused" | "reset" | "timeout" | "503 with Retry-After" | "5xx" | "4xx" | "no connection" | "wrong state";

/** All classes, in the order of the report. */
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

/** The class of an HTTP status that is no good answer. */
export function classOfStatus(status: number, retryAfter: boolean): ErrorClass {
  if (status === 503 && retryAfter) return "503 with Retry-After";
  if (status >= 500) return "5xx";
  return status >= 400 ? "4xx" : "wrong state";
}
