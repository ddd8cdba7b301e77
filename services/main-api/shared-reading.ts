/**
 * Returns a function that shares one reading among all callers within `everyMs` milliseconds of its
 * start. At most one reading runs at a time, and none without a caller. A failed reading counts
 * too.
 *
 * @param now monotonic clock, in milliseconds.
 */
export function shareReading<T>(
  read: () => Promise<T>,
  everyMs: number,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let latest: { at: number; reading: Promise<T>; done: boolean } | undefined;
  return () => {
    if (latest !== undefined && (!latest.done || now() - latest.at < everyMs)) return latest.reading;
    const current = { at: now(), reading: read(), done: false };
    const finish = () => {
      current.done = true;
    };
    current.reading.then(finish, finish);
    latest = current;
    return current.reading;
  };
}
