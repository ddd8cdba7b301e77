import type { Tally } from "@gifticon/event-database/tally.ts";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";

/** Figures of the whole event, the same from every task of main-api. The answer of `GET /stats`. */
export interface Stats extends Tally {
  mode: "kafka" | "direct";
  /**
   * Accepted requests: records in the topic, or decided requests in mode direct. Null when unknown.
   */
  accepted: number | null;
  /** Accepted and not decided: the issuer's lag. Null when unknown, and in mode direct. */
  queued: number | null;
  /**
   * Part of `queued` that another producer's open transaction holds back. Null when unknown, and in
   * mode direct.
   */
  held: number | null;
}

/** Sources of the figures. All tasks of main-api share them. */
export interface StatsSources {
  /** Reads the database's counts of decided requests. */
  tally: () => Promise<Tally>;
  /** Reads the issuer's lag in each partition, or undefined when unknown. Absent in mode direct. */
  lag?: (() => Promise<PartitionLag[] | undefined>) | undefined;
}

/**
 * Reads the event's figures. The two sources are read concurrently but not atomically: a request
 * that is decided meanwhile may be counted twice or not at all.
 *
 * @throws any error of `tally`.
 */
export async function readStats({ tally, lag }: StatsSources): Promise<Stats> {
  if (lag === undefined) {
    const decided = await tally();
    const { duplicate, soldOut } = decided.rejected;
    return { mode: "direct", ...decided, accepted: decided.issued + duplicate + soldOut, queued: null, held: null };
  }
  const [decided, partitions] = await Promise.all([tally(), lag()]);
  const sum = (figure: "written" | "behind" | "held") =>
    partitions?.reduce((total, partition) => total + partition[figure], 0) ?? null;
  return { mode: "kafka", ...decided, accepted: sum("written"), queued: sum("behind"), held: sum("held") };
}
