import type { Pool } from "pg";
import { newCodes } from "@gifticon/contract/code.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { Outcome, RequestStatus } from "@gifticon/contract/status.ts";

/** A pool, or one connection of it. */
export type Queryable = Pick<Pool, "query">;

/** Result of a batch: the number of decided requests by outcome. */
export interface IssueResult {
  issued: number;
  duplicate: number;
  soldOut: number;
  /**
   * Requests that had been decided before (a record delivered again, a client that asked again):
   * nothing is done twice.
   */
  repeated: number;
  /** Gifticons left after the batch. */
  remaining: number;
}

/**
 * Decides a batch of requests in one transaction, in their order: a user who has a gifticon is a
 * duplicate, the first one otherwise gets one while there is stock. A request that is decided
 * already keeps its outcome. Any number of callers may run at once; the batch is decided wholly or
 * not at all.
 *
 * @throws The database's error. When the connection was lost it isn't known whether the batch is
 *   decided: run it again.
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
 * The status of each request, in the order asked; `queued` for the ones that no outcome is recorded
 * of.
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

/** Gifticons in all, and left. */
export async function readStock(database: Queryable): Promise<{ total: number; remaining: number }> {
  const { rows } = await database.query<{ total: string; remaining: string }>(
    "select total, remaining from gifticon_stock",
  );
  return { total: Number(rows[0]?.total ?? 0), remaining: Number(rows[0]?.remaining ?? 0) };
}

/**
 * PostgreSQL's array text, for values that need no quotes (ids, digits, codes): several times
 * faster than pg's own.
 */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.join(",")}}`;
}
