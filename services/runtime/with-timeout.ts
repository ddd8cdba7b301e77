/** The work exceeded its time limit. It may still be running. */
class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "TIMEOUT";
}

/**
 * Waits for the work, but no longer than `ms` milliseconds.
 *
 * @throws TimeoutError, or the work's own error.
 */
export async function withTimeout<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new TimeoutError(`${what} took longer than ${ms} ms`));
  }, ms);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
