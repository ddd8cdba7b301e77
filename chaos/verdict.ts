import { checkInvariants, type DecidedRow, type Reconciliation } from "../operate/reconciliation.ts";
import { ERROR_CLASSES, type ErrorClass } from "../operate/error-class.ts";
import type { Case } from "./case.ts";
import { type Figures, figuresOf, UNANSWERED } from "./figures.ts";
import type { LoadAnswer } from "./load.ts";

/** Record of a case, for the verdict. */
export interface CaseRecord {
  answers: readonly LoadAnswer[];
  /** Times of the steps, in milliseconds since 1970. */
  runningAt: number;
  injectedAt: number;
  removedAt: number;
  healthyAt: number;
  endedAt: number;
  /** Time from the end of the load until the queue was empty, in milliseconds. */
  drainedMs: number;
  /** Observations of the fault. */
  observations: readonly string[];
  /** The decided requests of the load. */
  rows: readonly DecidedRow[];
  /** Stock of the event; `total` leaves out what users outside of the load have. */
  stock: { total: number; remaining: number };
}

/** Verdict on a case. */
export interface CaseVerdict {
  figures: Figures;
  findings: Reconciliation;
  /** Number of accepted requests lost with the topic, in a case that allows it. */
  lost: number;
  /** Time from the fault until everything was healthy, in milliseconds. */
  recoveryMs: number;
  /** Broken promises. Empty when the case has passed. */
  violations: string[];
}

/** Number of violations that are listed one by one. */
const MAX_LISTED_VIOLATIONS = 10;

/** Computes the verdict of a case from its record. */
export function judgeCase(
  {
    allowedDisconnects = [],
    allowedErrors,
    mayLoseQueue,
  }: Pick<Case, "allowedDisconnects" | "allowedErrors" | "mayLoseQueue">,
  record: CaseRecord,
): CaseVerdict {
  const { answers, runningAt, injectedAt, removedAt, healthyAt, endedAt } = record;
  const figures = figuresOf(answers, runningAt, endedAt);
  const count = (kinds: readonly ErrorClass[]) => kinds.reduce((sum, kind) => sum + (figures.errors[kind] ?? 0), 0);
  const silent = count(UNANSWERED.filter((kind) => !allowedDisconnects.includes(kind)));
  const unexpected =
    allowedErrors === undefined ? 0 : count(ERROR_CLASSES.filter((kind) => !allowedErrors.includes(kind)));
  const accepted = (from: number, to: number) =>
    answers.filter(({ status, endedAt: at }) => status === 202 && at >= from && at < to).length;
  const decided = new Set(record.rows.map(({ requestId }) => requestId));
  // Requests accepted after the fault are in the new topic, so none of them may be lost.
  const mayBeLost = mayLoseQueue
    ? answers.filter(
        ({ status, requestId, endedAt: at }) => status === 202 && at < removedAt && !decided.has(requestId),
      )
    : [];
  const findings = checkInvariants({
    answers: answers
      .filter((answer) => !mayBeLost.includes(answer))
      .map(({ userId, requestId, status }) => ({ userId, requestId, status, text: "" })),
    queued: undefined,
    rows: record.rows,
    stock: record.stock,
  });
  const violations = [
    ...findings.violations.slice(0, MAX_LISTED_VIOLATIONS),
    ...(findings.violations.length > MAX_LISTED_VIOLATIONS
      ? [`and ${findings.violations.length - MAX_LISTED_VIOLATIONS} more`]
      : []),
    ...(silent > 0 ? [`${silent} requests had no answer at all`] : []),
    ...(unexpected > 0
      ? [`${unexpected} requests failed; allowed errors: ${allowedErrors?.length ? allowedErrors.join(", ") : "none"}`]
      : []),
    ...(figures.errors["4xx"] || figures.errors["wrong state"] ? ["a valid request was rejected as invalid"] : []),
    // A case without a fault or without load must not pass.
    ...(record.observations.length === 0 ? ["the fault was not observed"] : []),
    ...(accepted(0, injectedAt) === 0 ? ["no request was accepted before the fault: there was no load"] : []),
    ...(answers.some(({ sentAt, endedAt: at }) => at >= injectedAt && sentAt <= removedAt)
      ? []
      : ["no request was in flight during the fault: there was no load"]),
    ...(accepted(removedAt, Infinity) === 0 ? ["no request was accepted after the fault"] : []),
  ];
  return { figures, findings, lost: mayBeLost.length, recoveryMs: healthyAt - injectedAt, violations };
}
