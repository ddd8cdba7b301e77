import { setTimeout as delay } from "node:timers/promises";

/** The name of a condition for the error, and the limits of the wait. */
export interface WaitOptions {
  /** Name of the condition in the error: "the chain of i-0123". */
  what: string;
  /** Longest wait in milliseconds. */
  timeout: number;
  /** Milliseconds between two checks; 100 by default. */
  interval?: number;
  signal?: AbortSignal;
}

/**
 * Checks the condition until it returns something other than undefined, false or null, and returns
 * that. Throws after the timeout.
 */
export async function waitUntil<T>(
  condition: () => Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<NonNullable<T>> {
  const end = Date.now() + options.timeout;
  for (;;) {
    options.signal?.throwIfAborted();
    const found = await condition();
    if (found !== undefined && found !== false && found !== null) return found;
    if (Date.now() >= end) throw new Error(`waited ${options.timeout / 1000} s for ${options.what}`);
    await delay(options.interval ?? 100, undefined, { signal: options.signal });
  }
}
