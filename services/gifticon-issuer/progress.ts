import type { Verdict } from "@gifticon/contract/runtime/operations.ts";

/** Longer than anything the loop legitimately waits for at one stretch: a rebalance of 20 s, then a join's retries. */
const STALLED_AFTER_MS = 60_000;

/**
 * Whether the consumer's loop moves. It ticks at each fetch (also an empty one), heartbeat, batch and retry, so an idle
 * topic, a broker or a database that is away are no stall; a client that hangs without a word is one.
 */
export class Progress {
  readonly #now: () => number;
  #last: number;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#last = now();
  }

  /** The loop moved. */
  tick(): void {
    this.#last = this.#now();
  }

  /** Good while the last tick is less than a minute ago. */
  get verdict(): Verdict {
    const idle = this.#now() - this.#last;
    if (idle < STALLED_AFTER_MS) return { ok: true };
    return { ok: false, reason: `the consumer hasn't moved for ${Math.round(idle / 1_000)} s` };
  }
}
