import { setTimeout as delay } from "node:timers/promises";

/** What to wait for, for how long, and how to say that it didn't come. */
export interface WaitOptions {
  /** What is awaited, for the error: "the chain of i-0123". */
  what: string;
  /** The bound, in milliseconds. */
  timeout: number;
  /** Between two looks, in milliseconds; 100 by default. */
  interval?: number;
  signal?: AbortSignal;
}

/**
 * Looks until the condition gives something else than undefined or false, and returns that. Throws
 * after the bound.
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
