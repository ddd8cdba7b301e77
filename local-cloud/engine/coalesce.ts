/**
 * Returns a function that runs one pass at a time for all its callers. A call during a pass gets
 * the next pass, which sees the caller's change, and shares it with all other calls during that
 * time. A pass that fails rejects its own calls, and the next one runs all the same.
 */
export function coalesce(pass: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const ask = (): Promise<void> => {
    if (running === undefined) {
      running = pass().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return ask();
      });
    return next;
  };
  return ask;
}
