/**
 * Classes of PostgreSQL's errors (SQLSTATE) that values cause: data exception, integrity constraint
 * violation, program limit exceeded. https://www.postgresql.org/docs/17/errcodes-appendix.html
 */
const CLASSES_OF_VALUES = ["22", "23", "54"];
/** The errors of JavaScript that code of ours, or of a library, fails on a value with. */
const FAULTS_OF_CODE = [TypeError, RangeError, ReferenceError, SyntaxError];

/** An item that fails by itself, and how. */
export interface Failing<T> {
  item: T;
  error: Error;
}

/**
 * Returns whether an item's content may have caused the error. The database or the broker that is
 * away is no such error.
 */
export function isCausedByContent(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && code.length === 5) return CLASSES_OF_VALUES.includes(code.slice(0, 2));
  return code === undefined && FAULTS_OF_CODE.some((kind) => error instanceof kind);
}

/**
 * Does the work for all items, and finds those that fail by themselves by halving: one of 2,000
 * takes 22 attempts. Work that has succeeded for some items may be done for them again.
 *
 * @throws An error of the work that no item's content caused.
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
