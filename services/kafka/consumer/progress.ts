import type { CheckResult } from "@gifticon/runtime/operations.ts";

/**
 * Longer than any single legitimate wait of the loop: a rebalance of 20 s, and then the retries of
 * a join.
 */
const STALLED_AFTER_MS = 60_000;
/**
 * Equals the limit for hanging. Records behind an open transaction don't count as waiting, and each
 * attempt at the database counts as work.
 */
const STARVED_AFTER_MS = STALLED_AFTER_MS;

/**
 * Number of consecutive ended sessions that counts as a fault. Each session takes a second or more.
 */
const ENDINGS = 3;

/**
 * Checks the progress of the consumer's loop. A loop has one of four faults:
 *
 * - it hangs: it hasn't ticked for a minute. It ticks at each fetch (also an empty one), heartbeat,
 *   batch and retry;
 * - it starves: records wait for it, according to the broker, and it has handled none for a minute;
 * - it is blocked: it can't handle a record;
 * - it crash-loops: its sessions end one after another without a handled record.
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

  /** @param now monotonic clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastTick = now();
    this.#lastWork = now();
  }

  /** Records a sign of life of the loop. */
  tick(): void {
    this.#lastTick = this.#now();
  }

  /** Records that the loop has handled records, that none wait for it, or that this is unknown. */
  worked(): void {
    this.tick();
    this.#lastWork = this.#now();
    this.#endings = 0;
    this.#hasWorked = true;
  }

  /** Records that a session ended without a request to stop. */
  sessionEnded(reason: string): void {
    this.#endings++;
    this.#lastEnding = reason;
  }

  /** Records that offsets were committed, which ends a block. */
  committed(): void {
    this.worked();
    this.#block = undefined;
  }

  /** Records that the loop can't handle a record, until offsets are committed again. */
  blocked(reason: string): void {
    this.#block = reason;
  }

  /** Ok once the loop has handled records, or none waited for it. */
  get proven(): CheckResult {
    return this.#hasWorked
      ? { ok: true }
      : { ok: false, reason: "records wait, and the consumer has handled none yet" };
  }

  /** Ok unless the loop has one of the four faults. */
  get health(): CheckResult {
    const [inactive, starved] = [this.#now() - this.#lastTick, this.#now() - this.#lastWork];
    if (this.#block !== undefined) return { ok: false, reason: `the consumer is blocked: ${this.#block}` };
    if (this.#endings >= ENDINGS) {
      return {
        ok: false,
        reason: `${this.#endings} sessions ended without a record handled, the last: ${this.#lastEnding}`,
      };
    }
    if (inactive >= STALLED_AFTER_MS)
      return { ok: false, reason: `the consumer has been inactive for ${seconds(inactive)} s` };
    if (starved >= STARVED_AFTER_MS) {
      return { ok: false, reason: `records wait, and the consumer has handled none for ${seconds(starved)} s` };
    }
    return { ok: true };
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
