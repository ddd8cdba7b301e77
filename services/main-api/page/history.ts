import type { Stats } from "../stats.ts";

/** What is charted of one moment. Null: not known then. */
export interface Sample {
  /** Seconds since 1970, by the database's clock. */
  at: number;
  accepted: number | null;
  queued: number | null;
  issued: number;
  rejected: number;
  left: number;
  /** Requests a second. */
  acceptedRate: number | null;
  issuedRate: number | null;
}

/** How far back the charts look, in seconds. */
export const WINDOW = 300;
/** A rate is taken over at least so many seconds: copies of the API read their figures at different moments. */
const RATE_OVER = 2;

/** The event's figures of the last minutes. */
export class History {
  #samples: Sample[] = [];

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Takes figures in, unless they are older than the last: another copy of the API may have read them earlier. */
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

/** Null without a figure to compare with, and where a figure went back: the event was started anew. */
function rateOf(
  at: number,
  figure: number | null,
  thenAt: number | undefined,
  then: number | null | undefined,
): number | null {
  if (figure === null || thenAt === undefined || then === undefined || then === null || figure < then) return null;
  return (figure - then) / (at - thenAt);
}
