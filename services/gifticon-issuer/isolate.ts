/**
 * Classes of PostgreSQL's errors (SQLSTATE) that values cause: data exception, integrity constraint
 * violation, program limit exceeded. https://www.postgresql.org/docs/17/errcodes-appendix.html
 */
const CONTENT_ERROR_CLASSES = ["22", "23", "54"];
/** JavaScript's errors when our code or a library fails on a value. */
const CODE_ERRORS = [TypeError, RangeError, ReferenceError, SyntaxError];

/** An item that fails alone, with its error. */
export interface Failing<T> {
  item: T;
  error: Error;
}

/**
 * Returns whether an item's content may have caused the error, in contrast to an unavailable
 * database or broker.
 */
export function isCausedByContent(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && code.length === 5) return CONTENT_ERROR_CLASSES.includes(code.slice(0, 2));
  return code === undefined && CODE_ERRORS.some((kind) => error instanceof kind);
}

/**
 * Does the work for all items, and finds those that fail alone by bisection: one of 2,000 takes 22
 * attempts. Items may be processed again after a success.
 *
 * @throws The error of the work when no item's content caused it.
 */
export async function isolate<T>(
  items: readonly T[],
  work: (items: readonly T[]) => Promise<unknown>,
): Promise<Failing<T>[]> {
  try {
    await work(items);
    return [];
  } catch (error) {
    if (!isCausedByContent(error)) throw error;
    const [item, ...others] = items;
    if (item === undefined) throw error;
    if (others.length === 0) return [{ item, error }];
    const half = Math.ceil(items.length / 2);
    return [...(await isolate(items.slice(0, half), work)), ...(await isolate(items.slice(half), work))];
  }
}
