import type { Queryable } from "@gifticon/event-database/issue.ts";
import { readTally } from "@gifticon/event-database/tally.ts";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { decodeRecord, isPoison } from "@gifticon/contract/record.ts";
import type { Outcome } from "@gifticon/contract/status.ts";

/** An answer to a client. */
export interface ClientAnswer {
  /** Decimal. */
  userId: string;
  /** The HTTP status; 0 when the connection failed. */
  status: number;
  requestId?: string;
  /** The body, or the error's words. */
  text: string;
}

/** A record as it stands in a topic. */
export interface TopicRecord {
  partition: number;
  message: FetchedRecord;
}

/** An event's traces from three sources: clients, topic and database. */
export interface Evidence {
  /** Answers to the clients. */
  answers: readonly ClientAnswer[];
  /** The topic; empty in direct mode. */
  records: readonly TopicRecord[];
  topic: string;
  database: Queryable;
}

/** One decided request, as the database has it. */
export interface DecidedRow {
  requestId: string;
  /** Decimal. */
  userId: string;
  outcome: Outcome;
  code: string | null;
}

/** The three sides, read. */
export interface Sides {
  answers: readonly ClientAnswer[];
  /**
   * User id of each request in the topic, by request id; undefined in direct mode, which has none.
   */
  queued: ReadonlyMap<string, string> | undefined;
  /** Requests that ended in the dead letter topic. */
  deadLettered?: ReadonlySet<string>;
  rows: readonly DecidedRow[];
  stock: { total: number; remaining: number };
}

/** The figures of an event, and each broken invariant in words. */
export interface Findings {
  accepted: number;
  issued: number;
  duplicate: number;
  soldOut: number;
  violations: string[];
}

/**
 * Reads the topic's records and the database, and compares them with what the clients were told.
 * Run it when the lag is 0.
 */
export async function reconcile({ answers, records, topic, database }: Evidence): Promise<Findings> {
  const { rows } = await database.query<DecidedRow>(
    `select request_id as "requestId", user_id as "userId", outcome, code from gifticon_request`,
  );
  const queued = new Map(
    records.flatMap(({ partition, message }) => {
      const request = decodeRecord(topic, partition, message);
      return isPoison(request) ? [] : [[request.requestId, request.userId.toString()] as const];
    }),
  );
  const failures = answers
    .filter(({ status }) => status < 200 || status > 599)
    .map(({ userId, text }) => `user ${userId}: no answer but a failed connection: ${text}`);
  const { stock, rejected } = await readTally(database);
  const findings = compare({ answers, queued, rows, stock });
  const { duplicate, soldOut } = findings;
  const miscounts = [
    ...(rejected.duplicate === duplicate
      ? []
      : [`${rejected.duplicate} duplicates counted, and ${duplicate} recorded`]),
    ...(rejected.soldOut === soldOut ? [] : [`${rejected.soldOut} sold out counted, and ${soldOut} recorded`]),
  ];
  return { ...findings, violations: [...failures, ...findings.violations, ...miscounts] };
}

/**
 * Holds the invariants after any fault: every accepted request has one terminal row (or stands in
 * the dead letter topic) and stands in the topic, every row comes from a request that was asked, no
 * user has two gifticons, no code is given twice, no more are issued than there are, a user was
 * only turned down for a reason, and a client that was told an outcome was told the right one.
 */
export function compare({ answers, queued, deadLettered, rows, stock }: Sides): Findings {
  const byId = new Map(rows.map((row) => [row.requestId, row]));
  const violations: string[] = [];
  const hold = (holds: boolean, violation: () => string) => {
    if (!holds) violations.push(violation());
  };

  for (const { requestId, status, userId } of answers) {
    if (requestId === undefined || ![201, 202, 409, 410].includes(status)) continue;
    const row = byId.get(requestId);
    hold(
      row !== undefined || deadLettered?.has(requestId) === true,
      () => `lost: request ${requestId} was answered ${status} and has no row`,
    );
    hold(
      row === undefined || row.userId === userId,
      () => `request ${requestId} of user ${userId} has user ${row?.userId ?? ""}`,
    );
    if (status === 202 && queued)
      hold(queued.has(requestId), () => `lost: request ${requestId} was answered 202 and isn't in the topic`);
    const told = { 201: "issued", 409: "duplicate", 410: "sold_out" }[status];
    hold(
      told === undefined || row === undefined || row.outcome === told,
      () => `request ${requestId} was told ${told ?? ""}, and is ${row?.outcome ?? ""}`,
    );
  }

  const asked = new Set(answers.map(({ requestId }) => requestId));
  for (const { requestId: id, userId: user } of rows) {
    hold(asked.has(id) || queued?.get(id) === user, () => `row ${id} comes from no request`);
  }
  for (const [id] of queued ?? []) {
    hold(byId.has(id) || deadLettered?.has(id) === true, () => `lost: record of request ${id} has no row`);
  }

  const issued = rows.filter(({ outcome }) => outcome === "issued");
  const winners = new Set(issued.map(({ userId }) => userId));
  const { total, remaining } = stock;
  hold(byId.size === rows.length, () => `duplicated: ${rows.length} rows of ${byId.size} requests`);
  hold(winners.size === issued.length, () => `duplicated: ${issued.length} gifticons went to ${winners.size} users`);
  hold(new Set(issued.map(({ code }) => code)).size === issued.length, () => "duplicated: a code was given twice");
  hold(issued.length <= total, () => `oversold: ${issued.length} issued of ${total}`);
  hold(
    issued.length + remaining === total,
    () => `oversold: ${issued.length} issued and ${remaining} left of ${total}`,
  );
  for (const { requestId: id, userId: user, outcome } of rows) {
    hold(
      outcome !== "duplicate" || winners.has(user),
      () => `request ${id} is a duplicate and its user has no gifticon`,
    );
    hold(outcome !== "sold_out" || remaining === 0, () => `request ${id} is sold out and ${remaining} are left`);
  }
  const count = (outcome: Outcome) => rows.filter((row) => row.outcome === outcome).length;
  return {
    accepted: answers.filter(({ status }) => status === 201 || status === 202).length,
    issued: issued.length,
    duplicate: count("duplicate"),
    soldOut: count("sold_out"),
    violations,
  };
}
