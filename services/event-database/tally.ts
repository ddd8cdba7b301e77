import type { Queryable } from "./issue.ts";

/** Figures of the whole event, independent of the process that decided a request. */
export interface Tally {
  /**
   * Time of the reading by the database's clock, in whole milliseconds since 1970.
   */
  at: number;
  issued: number;
  rejected: { duplicate: number; soldOut: number };
  stock: { total: number; remaining: number };
}

/**
 * Reads the tally: one row, whatever the number of requests.
 *
 * @throws When the database doesn't answer or isn't prepared yet.
 */
export async function readTally(database: Queryable): Promise<Tally> {
  const { rows } = await database.query<Record<"at" | "total" | "remaining" | "duplicate" | "sold_out", string>>({
    name: "tally",
    text: `select total, remaining, rejected_duplicate as duplicate, rejected_sold_out as sold_out,
             floor(extract(epoch from clock_timestamp()) * 1000) as at
           from gifticon_stock`,
  });
  const [row] = rows;
  if (row === undefined) throw new Error("the stock isn't declared yet");

  const [total, remaining] = [Number(row.total), Number(row.remaining)];
  return {
    at: Number(row.at),
    issued: total - remaining,
    rejected: { duplicate: Number(row.duplicate), soldOut: Number(row.sold_out) },
    stock: { total, remaining },
  };
}
