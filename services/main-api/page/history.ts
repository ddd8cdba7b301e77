import type { Stats } from "../stats.ts";

/** A sample of the charts. Null values are unknown. */
export interface Sample {
  /** Time in seconds since 1970, by the database's clock. */
  at: number;
  accepted: number | null;
  queued: number | null;
  issued: number;
  rejected: number;
  left: number;
  /** Rates in requests a second. */
  acceptedRate: number | null;
  issuedRate: number | null;
}

/** Time span of the charts, in seconds. */
export const WINDOW = 300;
/**
 * Minimum time span of a rate, in seconds. Tasks of the API read their figures at different times.
 */
const RATE_OVER = 2;

/** The event's figures of the last minutes. */
export class History {
  #samples: Sample[] = [];

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /**
   * Adds figures, unless they are older than the last: another task of the API may have read them.
   */
  add({ at: ms, accepted, queued, issued, rejected, stock }: Stats): boolean {
    const at = ms / 1_000;
    const last = this.#samples.at(-1);
    if (last !== undefined && at <= last.at) return false;

    const base = this.#samples.findLast((sample) => at - sample.at >= RATE_OVER);
    this.#samples = this.#samples.filter((sample) => at - sample.at <= WINDOW);
    this.#samples.push({
      at,
      accepted,
      queued,
      issued,
      rejected: rejected.duplicate + rejected.soldOut,
      left: stock.remaining,
      acceptedRate: rateOf(at, accepted, base?.at, base?.accepted),
      issuedRate: rateOf(at, issued, base?.at, base?.issued),
    });
    return true;
  }
}

/**
 * Returns a rate. Returns null without an earlier figure, or when the figure decreased because the
 * event started again.
 */
function rateOf(
  at: number,
  figure: number | null,
  thenAt: number | undefined,
  then: number | null | undefined,
): number | null {
  if (figure === null || thenAt === undefined || then === undefined || then === null || figure < then) return null;
  return (figure - then) / (at - thenAt);
}
