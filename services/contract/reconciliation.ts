import type { KafkaMessage } from "kafkajs";
import type { Queryable } from "./database/issue.ts";
import { readTally } from "./database/tally.ts";
import { decodeRecord, isPoison } from "./record.ts";

/** What a client was told. */
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
  message: KafkaMessage;
}

/** What an event left behind, seen from its three sides. */
export interface Evidence {
  /** What the clients were told. */
  answers: readonly ClientAnswer[];
  /** The topic; empty in direct mode. */
  records: readonly TopicRecord[];
  topic: string;
  database: Queryable;
}

/** The figures of an event, and each broken invariant in words. */
export interface Findings {
  accepted: number;
  issued: number;
  duplicate: number;
  soldOut: number;
  violations: string[];
}

interface Row {
  request_id: string;
  user_id: string;
  outcome: "issued" | "duplicate" | "sold_out";
  code: string | null;
}

/**
 * Holds the invariants after any fault: every accepted request has one terminal row and stands in the topic, every row comes
 * from a request that was asked, no user has two gifticons, no code is given twice, no more are issued than there are, a user
 * was only turned down for a reason, and a client that was told an outcome was told the right one.
 * Run it when the lag is 0.
 */
export async function reconcile({ answers, records, topic, database }: Evidence): Promise<Findings> {
  const { rows } = await database.query<Row>("select request_id, user_id, outcome, code from gifticon_request");
  const tally = await readTally(database);
  const byId = new Map(rows.map((row) => [row.request_id, row]));
  const queued = new Map(
    records.flatMap(({ partition, message }) => {
      const request = decodeRecord(topic, partition, message);
      return isPoison(request) ? [] : [[request.requestId, request.userId.toString()] as const];
    }),
  );
  const violations: string[] = [];
  const hold = (holds: boolean, violation: string) => {
    if (!holds) violations.push(violation);
  };

  for (const { requestId, status, userId, text } of answers) {
    hold(status >= 200 && status <= 599, `user ${userId}: no answer but a failed connection: ${text}`);
    if (requestId === undefined || ![201, 202, 409, 410].includes(status)) continue;
    const row = byId.get(requestId);
    hold(row !== undefined, `request ${requestId} was answered ${status} and has no row`);
    hold(
      row === undefined || row.user_id === userId,
      `request ${requestId} of user ${userId} has user ${row?.user_id ?? ""}`,
    );
    if (status === 202) hold(queued.has(requestId), `request ${requestId} was answered 202 and isn't in the topic`);
    const told = { 201: "issued", 409: "duplicate", 410: "sold_out" }[status];
    hold(
      told === undefined || row === undefined || row.outcome === told,
      `request ${requestId} was told ${told ?? ""}, and is ${row?.outcome ?? ""}`,
    );
  }

  const asked = new Set(answers.map(({ requestId }) => requestId));
  for (const { request_id: id, user_id: user } of rows) {
    hold(asked.has(id) || queued.get(id) === user, `row ${id} comes from no request`);
  }
  for (const [id] of queued) hold(byId.has(id), `record of request ${id} has no row`);

  const issued = rows.filter(({ outcome }) => outcome === "issued");
  const winners = new Set(issued.map((row) => row.user_id));
  const { total, remaining } = tally.stock;
  hold(winners.size === issued.length, `${issued.length} gifticons went to ${winners.size} users`);
  hold(new Set(issued.map(({ code }) => code)).size === issued.length, "a code was given twice");
  hold(issued.length + remaining === total, `${issued.length} issued and ${remaining} left of ${total}`);
  for (const { request_id: id, user_id: user, outcome } of rows) {
    hold(outcome !== "duplicate" || winners.has(user), `request ${id} is a duplicate and its user has no gifticon`);
    hold(outcome !== "sold_out" || remaining === 0, `request ${id} is sold out and ${remaining} are left`);
  }
  const count = (outcome: Row["outcome"]) => rows.filter((row) => row.outcome === outcome).length;
  const { duplicate, soldOut } = tally.rejected;
  hold(duplicate === count("duplicate"), `${duplicate} duplicates counted, and ${count("duplicate")} recorded`);
  hold(soldOut === count("sold_out"), `${soldOut} sold out counted, and ${count("sold_out")} recorded`);
  return {
    accepted: answers.filter(({ status }) => status === 201 || status === 202).length,
    issued: issued.length,
    duplicate: count("duplicate"),
    soldOut: count("sold_out"),
    violations,
  };
}
