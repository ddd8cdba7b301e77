/** Classes of failed requests. */
export type ErrorClass =
  "refused" | "reset" | "timeout" | "503 with Retry-After" | "5xx" | "4xx" | "no connection" | "wrong state";

/** All classes, in the order in which reports list them. */
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

/**
 * Returns the class of an unexpected HTTP status.
 *
 * @param retryAfter true when the answer has a Retry-After header.
 */
export function classOfStatus(status: number, retryAfter: boolean): ErrorClass {
  if (status === 503 && retryAfter) return "503 with Retry-After";
  if (status >= 500) return "5xx";
  return status >= 400 ? "4xx" : "wrong state";
}
