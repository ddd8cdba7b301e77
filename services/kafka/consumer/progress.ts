import type { Verdict } from "@gifticon/runtime/operations.ts";

/**
 * Longer than anything the loop legitimately waits for at one stretch: a rebalance of 20 s, then a
 * join's retries.
 */
const STALLED_AFTER_MS = 60_000;
/**
 * Equals the limit for hanging: records behind an open transaction don't count as waiting, and each
 * attempt at the database counts as work.
 */
const STARVED_AFTER_MS = STALLED_AFTER_MS;

/**
 * Sessions that end one after another before that counts as a fault; each takes a second or more.
 */
const ENDINGS = 3;

/**
 * Judges the progress of the consumer's loop. A loop has one of four faults:
 *
 * - it hangs: it hasn't ticked for a minute. It ticks at each fetch (also an empty one), heartbeat,
 *   batch and retry;
 * - it starves: records wait for it, according to the broker, and it has handled none for a
 *   minute;
 * - it is blocked: it can't handle a record;
 * - it goes in circles: its sessions end one after another without a handled record.
 *
 * An idle topic, or an unavailable broker or database, is no fault.
 */
export class Progress {
  readonly #now: () => number;
  #lastTick: number;
  #lastWork: number;
  #block: string | undefined;
  #hasWorked = false;
  #endings = 0;
  #lastEnding = "";

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastTick = now();
    this.#lastWork = now();
  }

  /** The loop moved. */
  tick(): void {
    this.#lastTick = this.#now();
  }

  /** It worked on records, or there are none for it, or that isn't known. */
  worked(): void {
    this.tick();
    this.#lastWork = this.#now();
    this.#endings = 0;
    this.#hasWorked = true;
  }

  /** A session ended unasked, for this reason. */
  sessionEnded(reason: string): void {
    this.#endings++;
    this.#lastEnding = reason;
  }

  /** Records are committed: whatever stood in the way doesn't any more. */
  committed(): void {
    this.worked();
    this.#block = undefined;
  }

  /** It can't get past something, for this reason, until records are committed again. */
  blocked(reason: string): void {
    this.#block = reason;
  }

  /** Good once it has worked on records, or there were none for it. */
  get proven(): Verdict {
    return this.#hasWorked
      ? { ok: true }
      : { ok: false, reason: "records wait, and the consumer has handled none yet" };
  }

  get verdict(): Verdict {
    const [idle, starved] = [this.#now() - this.#lastTick, this.#now() - this.#lastWork];
    if (this.#block !== undefined) return { ok: false, reason: `the consumer is blocked: ${this.#block}` };
    if (this.#endings >= ENDINGS) {
      return {
        ok: false,
        reason: `${this.#endings} sessions ended without a record handled, the last: ${this.#lastEnding}`,
      };
    }
    if (idle >= STALLED_AFTER_MS) return { ok: false, reason: `the consumer hasn't moved for ${seconds(idle)} s` };
    if (starved >= STARVED_AFTER_MS) {
      return { ok: false, reason: `records wait, and the consumer has handled none for ${seconds(starved)} s` };
    }
    return { ok: true };
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
