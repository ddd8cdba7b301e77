import type { LoadAnswer } from "./load.ts";

/** Returns an accepted answer, sent 10 ms before its end. */
export function answer(endedAt: number, more: Partial<LoadAnswer> = {}): LoadAnswer {
  const userId = more.userId ?? String(7_000_000_000 + endedAt);
  return { userId, requestId: `of-${userId}`, sentAt: endedAt - 10, endedAt, status: 202, retryAfter: false, ...more };
}
