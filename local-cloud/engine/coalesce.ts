/**
 * Makes one pass at a time of what everyone asks for. A call during a pass gets the next one, which
 * has seen what the caller changed, and shares it with all who call in the meantime. A pass that
 * fails rejects for those who asked for it, and keeps nobody from the next.
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
