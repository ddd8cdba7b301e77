import type { Pool } from "pg";
import { newCodes } from "@gifticon/contract/code.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { Outcome, RequestStatus } from "@gifticon/contract/status.ts";

/** A pool, or one of its connections. */
export type Queryable = Pick<Pool, "query">;

/** Result of a batch: the number of decided requests by outcome. */
export interface IssueResult {
  issued: number;
  duplicate: number;
  soldOut: number;
  /**
   * Requests that had been decided before, as after a repeated delivery or a client's retry.
   * Nothing is done twice.
   */
  repeated: number;
  /** Gifticons left after the batch. */
  remaining: number;
}

/**
 * Decides a batch of requests in one transaction, in their order. A user who has a gifticon is a
 * duplicate. Any other user gets one while the stock lasts. A request that was decided before keeps
 * its outcome. Any number of callers may run concurrently. A batch is decided completely or not at
 * all.
 *
 * @throws the database's error. After a lost connection it is unknown if the batch was decided: run
 *   it again.
 */
export async function issue(database: Queryable, requests: readonly GifticonRequest[]): Promise<IssueResult> {
  const { rows } = await database.query<Record<"issued" | "duplicate" | "sold_out" | "remaining", string>>({
    name: "issue",
    text: "select * from issue_gifticons($1, $2, $3, $4)",
    values: [
      arrayLiteral(requests.map(({ requestId }) => requestId)),
      arrayLiteral(requests.map(({ userId }) => userId.toString())),
      arrayLiteral(requests.map(({ requestedAt }) => requestedAt.toString())),
      arrayLiteral(newCodes(requests.length)),
    ],
  });
  const [row] = rows;
  if (row === undefined) throw new Error("issue_gifticons returned no row");

  const [issued, duplicate, soldOut] = [Number(row.issued), Number(row.duplicate), Number(row.sold_out)];
  const repeated = requests.length - issued - duplicate - soldOut;
  return { issued, duplicate, soldOut, repeated, remaining: Number(row.remaining) };
}

/**
 * Returns the status of each request, in the given order; `queued` for one without a recorded
 * outcome.
 */
export async function findStatuses(database: Queryable, requestIds: readonly string[]): Promise<RequestStatus[]> {
  const { rows } = await database.query<{ request_id: string; outcome: Outcome; code: string | null }>({
    name: "find-statuses",
    text: "select request_id, outcome, code from gifticon_request where request_id = any($1)",
    values: [arrayLiteral(requestIds)],
  });
  const byId = new Map(rows.map((row) => [row.request_id, row]));
  return requestIds.map((requestId) => {
    const row = byId.get(requestId);
    if (row === undefined) return { requestId, status: "queued" };
    if (row.outcome === "issued") return { requestId, status: "issued", code: row.code ?? "" };
    return { requestId, status: "rejected", reason: row.outcome };
  });
}

/** Returns the total and the remaining number of gifticons. */
export async function readStock(database: Queryable): Promise<{ total: number; remaining: number }> {
  const { rows } = await database.query<{ total: string; remaining: string }>(
    "select total, remaining from gifticon_stock",
  );
  return { total: Number(rows[0]?.total ?? 0), remaining: Number(rows[0]?.remaining ?? 0) };
}

/**
 * Returns PostgreSQL's text of an array of values without quotes (ids, digits, codes). It is
 * several times faster than pg's own.
 */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.join(",")}}`;
}
