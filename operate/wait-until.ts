import { setTimeout as delay } from "node:timers/promises";

/** Asking again and again, with a bound: the tests' only way to wait. */
export interface WaitOptions {
  /**
   * The bound, in milliseconds; five minutes by default: far more than it takes, also on a machine
   * that is busy with other things.
   */
  timeoutMs?: number;
  /** The pause between two questions, in milliseconds. */
  everyMs?: number;
}

/**
 * Waits until `probe` returns something other than `undefined` or `false`, and returns that.
 * An error of the probe counts as "not yet"; the last one is the cause of the error at the bound.
 *
 * @throws Error that names what was waited for, when the bound has passed.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 300_000, everyMs = 250 }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
    await delay(everyMs);
  }
}
