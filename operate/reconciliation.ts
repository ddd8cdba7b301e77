import type { Queryable } from "@gifticon/event-database/issue.ts";
import { readTally } from "@gifticon/event-database/tally.ts";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { decodeRecord, isPoison } from "@gifticon/contract/record.ts";
import type { Outcome } from "@gifticon/contract/status.ts";

/** An answer that a client got. */
export interface ClientAnswer {
  /** The user id in decimal. */
  userId: string;
  /** The HTTP status; 0 when the connection failed. */
  status: number;
  requestId?: string;
  /** The body of the answer, or the error's message. */
  text: string;
}

/** A record of a topic. */
export interface TopicRecord {
  partition: number;
  message: FetchedRecord;
}

/** Sources of an event's traces: its clients, topic and database. */
export interface Evidence {
  /** All answers that clients got. */
  answers: readonly ClientAnswer[];
  /** The topic's records; empty in direct mode. */
  records: readonly TopicRecord[];
  topic: string;
  database: Queryable;
}

/** A row of a decided request in the database. */
export interface DecidedRow {
  requestId: string;
  /** The user id in decimal. */
  userId: string;
  outcome: Outcome;
  code: string | null;
}

/** The traces to check, after they were read. */
export interface Traces {
  answers: readonly ClientAnswer[];
  /**
   * User id of each request in the topic, by request id; undefined in direct mode.
   */
  queued: ReadonlyMap<string, string> | undefined;
  /** Ids of the requests in the dead letter topic. */
  deadLettered?: ReadonlySet<string>;
  rows: readonly DecidedRow[];
  stock: { total: number; remaining: number };
}

/** Result of a reconciliation: the figures of an event, and a message for each broken invariant. */
export interface Reconciliation {
  accepted: number;
  issued: number;
  duplicate: number;
  soldOut: number;
  violations: string[];
}

/**
 * Compares the topic's records and the database with the answers that clients got. It is valid only
 * when the lag is 0.
 */
export async function reconcile({ answers, records, topic, database }: Evidence): Promise<Reconciliation> {
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
    .map(({ userId, text }) => `user ${userId}: the connection failed: ${text}`);
  const { stock, rejected } = await readTally(database);
  const findings = checkInvariants({ answers, queued, rows, stock });
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
 * Checks the invariants that hold after any fault:
 *
 * - each accepted request is in the topic and has one terminal row or a dead letter;
 * - each row comes from a request;
 * - no user has two gifticons, and no code is issued twice;
 * - no more gifticons are issued than the stock has;
 * - each rejection has a valid reason;
 * - each outcome in an answer is the one in the database.
 */
export function checkInvariants({ answers, queued, deadLettered, rows, stock }: Traces): Reconciliation {
  const byId = new Map(rows.map((row) => [row.requestId, row]));
  const violations: string[] = [];
  const check = (holds: boolean, violation: () => string) => {
    if (!holds) violations.push(violation());
  };

  for (const { requestId, status, userId } of answers) {
    if (requestId === undefined || ![201, 202, 409, 410].includes(status)) continue;
    const row = byId.get(requestId);
    check(
      row !== undefined || deadLettered?.has(requestId) === true,
      () => `lost: request ${requestId} was answered ${status} and has no row`,
    );
    check(
      row === undefined || row.userId === userId,
      () => `request ${requestId} of user ${userId} has user ${row?.userId ?? ""}`,
    );
    if (status === 202 && queued)
      check(queued.has(requestId), () => `lost: request ${requestId} was answered 202 and isn't in the topic`);
    const answered = { 201: "issued", 409: "duplicate", 410: "sold_out" }[status];
    check(
      answered === undefined || row === undefined || row.outcome === answered,
      () => `request ${requestId} was answered ${answered ?? ""}, and is ${row?.outcome ?? ""}`,
    );
  }

  const asked = new Set(answers.map(({ requestId }) => requestId));
  for (const { requestId: id, userId: user } of rows) {
    check(asked.has(id) || queued?.get(id) === user, () => `row ${id} has no request`);
  }
  for (const [id] of queued ?? []) {
    check(byId.has(id) || deadLettered?.has(id) === true, () => `lost: record of request ${id} has no row`);
  }

  const issued = rows.filter(({ outcome }) => outcome === "issued");
  const winners = new Set(issued.map(({ userId }) => userId));
  const { total, remaining } = stock;
  check(byId.size === rows.length, () => `duplicated: ${rows.length} rows of ${byId.size} requests`);
  check(winners.size === issued.length, () => `duplicated: ${issued.length} gifticons went to ${winners.size} users`);
  check(new Set(issued.map(({ code }) => code)).size === issued.length, () => "duplicated: a code was issued twice");
  check(issued.length <= total, () => `oversold: ${issued.length} issued of ${total}`);
  check(
    issued.length + remaining === total,
    () => `oversold: ${issued.length} issued and ${remaining} left of ${total}`,
  );
  for (const { requestId: id, userId: user, outcome } of rows) {
    check(
      outcome !== "duplicate" || winners.has(user),
      () => `request ${id} is a duplicate and its user has no gifticon`,
    );
    check(outcome !== "sold_out" || remaining === 0, () => `request ${id} is sold out and ${remaining} are left`);
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
