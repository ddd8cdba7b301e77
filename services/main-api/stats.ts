import type { Tally } from "@gifticon/event-database/tally.ts";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";

/** Where the whole event stands, all copies of main-api together: what `GET /stats` answers. */
export interface Stats extends Tally {
  mode: "kafka" | "direct";
  /** Requests taken: records written to the topic, in mode direct decided requests. Null while the broker can't say. */
  accepted: number | null;
  /** Taken and not decided yet, the issuer's lag. Null while the broker can't say, and in mode direct, which has no queue. */
  queued: number | null;
}

/** What the figures come from: only what all copies of main-api share. */
export interface StatsSources {
  /** The database's tally of decided requests. */
  tally: () => Promise<Tally>;
  /** The issuer's lag in each partition, undefined while the broker can't say. No such source in mode direct. */
  lag?: (() => Promise<PartitionLag[] | undefined>) | undefined;
}

/**
 * Reads the event's figures. The two sources are asked at the same time, not in the same instant: a request that is decided
 * in between may be missing from both or be in both.
 *
 * @throws What reading the tally throws.
 */
export async function readStats({ tally, lag }: StatsSources): Promise<Stats> {
  if (lag === undefined) {
    const decided = await tally();
    const { duplicate, soldOut } = decided.rejected;
    return { mode: "direct", ...decided, accepted: decided.issued + duplicate + soldOut, queued: null };
  }
  const [decided, partitions] = await Promise.all([tally(), lag()]);
  const sum = (figure: "written" | "behind") =>
    partitions?.reduce((total, partition) => total + partition[figure], 0) ?? null;
  return { mode: "kafka", ...decided, accepted: sum("written"), queued: sum("behind") };
}
