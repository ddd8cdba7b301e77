import { setTimeout as delay } from "node:timers/promises";

/** Options of polling. */
export interface WaitOptions {
  /**
   * The default of five minutes is far more than the longest wait takes, even on a busy machine.
   */
  timeoutMs?: number;
  /** Pause between two probes. */
  everyMs?: number;
}

/**
 * Waits until `probe` returns something other than `undefined` or `false`, and returns that. An
 * error of the probe counts as "not yet". The last one is the cause of the timeout error.
 *
 * @param what completes "not within N ms:".
 * @throws Error when the timeout has passed.
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
