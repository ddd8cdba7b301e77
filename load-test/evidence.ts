import { EVIDENCE, type EvidenceEnd } from "@gifticon/load-agent/protocol.ts";
import type { DecidedRow } from "../operate/reconciliation.ts";
import type { Outcome } from "@gifticon/contract/status.ts";

/** A decided request with its times, in milliseconds since 1970. */
export interface TimedRow extends DecidedRow {
  /** Time at which the API accepted it. */
  requestedAt: number;
  /** Time at which its row was written. */
  decidedAt: number;
}

/** A run's records in the topic and rows in the database. */
export interface Evidence {
  /** User ids, by request id. */
  records: Map<string, string>;
  recordCount: number;
  deadLetters: Set<string>;
  deadLetterCount: number;
  rows: TimedRow[];
  /** Undefined when the evidence is incomplete. */
  end?: EvidenceEnd;
}

/** Returns empty evidence. */
export function emptyEvidence(): Evidence {
  return { records: new Map(), recordCount: 0, deadLetters: new Set(), deadLetterCount: 0, rows: [] };
}

/** Adds one line of the agent's command `evidence`. */
export function addEvidence(evidence: Evidence, line: string): void {
  const [mark, requestId = "", userId = "", ...rest] = line.split(" ");
  switch (mark) {
    case EVIDENCE.record:
      evidence.recordCount++;
      if (requestId !== "-") evidence.records.set(requestId, userId);
      break;
    case EVIDENCE.deadLetter:
      evidence.deadLetterCount++;
      if (requestId !== "-") evidence.deadLetters.add(requestId);
      break;
    case EVIDENCE.row: {
      const [outcome, code = "-", requestedAt, decidedAt] = rest;
      evidence.rows.push({
        requestId,
        userId,
        outcome: outcome as Outcome,
        code: code === "-" ? null : code,
        requestedAt: Number(requestedAt),
        decidedAt: Number(decidedAt),
      });
      break;
    }
    case EVIDENCE.end:
      evidence.end = JSON.parse(line.slice(2)) as EvidenceEnd;
      break;
  }
}

/** Returns the missing parts of the evidence; empty when it is complete. */
export function missingEvidence({ end, recordCount, deadLetterCount, rows }: Evidence): string[] {
  if (end === undefined) return ["its end is missing"];
  const count = (what: string, found: number, expected: number) =>
    found === expected ? [] : [`${expected} ${what} were written, and ${found} arrived`];
  return [
    ...count("records", recordCount, end.records),
    ...count("dead letters", deadLetterCount, end.deadLetters),
    ...count("rows", rows.length, end.rows),
  ];
}
