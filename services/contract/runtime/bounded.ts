import { setTimeout as delay } from "node:timers/promises";

/** The work took longer than it may. It may still go on. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Waits for the work, but no longer than `ms` milliseconds.
 *
 * @throws TimeoutError, or the work's own error.
 */
export async function bounded<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const timer = new AbortController();
  const timeout = delay(ms, undefined, { signal: timer.signal }).then(
    () => {
      throw new TimeoutError(`${what} took longer than ${ms} ms`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, timeout]);
  } finally {
    timer.abort();
  }
}
