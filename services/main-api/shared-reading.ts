/**
 * One reading for everyone who asks within `everyMs` milliseconds of its start, and at most one under way: what is read is
 * asked at a bounded rate however many look, and not at all while nobody does. A failed reading counts as one.
 *
 * @param now Milliseconds of a clock that never goes back.
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
