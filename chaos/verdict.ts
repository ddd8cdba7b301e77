import { compare, type DecidedRow, type Findings } from "../operate/reconciliation.ts";
import { ERROR_CLASSES, type ErrorClass } from "../operate/error-class.ts";
import type { Case } from "./case.ts";
import { type Figures, figuresOf, SILENT } from "./figures.ts";
import type { LoadAnswer } from "./load.ts";

/** What a case left behind. */
export interface CaseRecord {
  answers: readonly LoadAnswer[];
  /** Milliseconds since 1970: the load was running; the fault came; it was undone; all was well again; the load was ended. */
  runningAt: number;
  struckAt: number;
  healedAt: number;
  wellAt: number;
  endedAt: number;
  /** From the load's end until nothing waited in the topic, in milliseconds. */
  drainedMs: number;
  /** What was seen of the fault. */
  proofs: readonly string[];
  /** The decided requests of the load. */
  rows: readonly DecidedRow[];
  /** Of the whole event, without what others have: their gifticons are none of the load's. */
  stock: { total: number; remaining: number };
}

/** What a case proves. */
export interface Verdict {
  figures: Figures;
  findings: Findings;
  /** Accepted requests that are gone with the topic, where its data may be lost. */
  lost: number;
  /** From the fault until all was well, in milliseconds. */
  recoveryMs: number;
  /** What is wrong; empty when the case has passed. */
  violations: string[];
}

/** Broken promises that are told one by one. */
const TOLD = 10;

/** Judges a case: a pure function of what is known of it. */
export function judge(
  { cuts = [], only, losesQueue }: Pick<Case, "cuts" | "only" | "losesQueue">,
  record: CaseRecord,
): Verdict {
  const { answers, runningAt, struckAt, healedAt, wellAt, endedAt } = record;
  const figures = figuresOf(answers, runningAt, endedAt);
  const count = (kinds: readonly ErrorClass[]) => kinds.reduce((sum, kind) => sum + (figures.errors[kind] ?? 0), 0);
  const silent = count(SILENT.filter((kind) => !cuts.includes(kind)));
  const unexpected = only === undefined ? 0 : count(ERROR_CLASSES.filter((kind) => !only.includes(kind)));
  const accepted = (from: number, to: number) =>
    answers.filter(({ status, endedAt: at }) => status === 202 && at >= from && at < to).length;
  const decided = new Set(record.rows.map(({ requestId }) => requestId));
  // What was accepted once the fault was over stands in the new topic: of that, nothing may be lost.
  const mayBeLost = losesQueue
    ? answers.filter(({ status, requestId, endedAt: at }) => status === 202 && at < healedAt && !decided.has(requestId))
    : [];
  const findings = compare({
    answers: answers
      .filter((answer) => !mayBeLost.includes(answer))
      .map(({ userId, requestId, status }) => ({ userId, requestId, status, text: "" })),
    queued: undefined,
    rows: record.rows,
    stock: record.stock,
  });
  const violations = [
    ...findings.violations.slice(0, TOLD),
    ...(findings.violations.length > TOLD ? [`and ${findings.violations.length - TOLD} more`] : []),
    ...(silent > 0 ? [`${silent} requests had no answer at all`] : []),
    ...(unexpected > 0
      ? [`${unexpected} requests failed, and none may${only?.length ? ` but by ${only.join(", ")}` : ""}`]
      : []),
    ...(figures.errors["4xx"] || figures.errors["wrong state"] ? ["a request was answered as if it were wrong"] : []),
    // A case must not pass emptily.
    ...(record.proofs.length === 0 ? ["nothing shows that the fault was there"] : []),
    ...(accepted(0, struckAt) === 0 ? ["no request was accepted before the fault: there was no load"] : []),
    ...(answers.some(({ sentAt, endedAt: at }) => at >= struckAt && sentAt <= healedAt)
      ? []
      : ["no request was under way during the fault: there was no load"]),
    ...(accepted(healedAt, Infinity) === 0 ? ["no request was accepted after the fault"] : []),
  ];
  return { figures, findings, lost: mayBeLost.length, recoveryMs: wellAt - struckAt, violations };
}
