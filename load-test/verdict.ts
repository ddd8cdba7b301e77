import { type ClientAnswer, checkInvariants, type Reconciliation } from "../operate/reconciliation.ts";
import { missingOf } from "./answers.ts";
import { missingEvidence } from "./evidence.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { requestIdOf } from "./plan.ts";
import type { RunRecord } from "./record.ts";

/** Maximum 95th percentile of the sending delay. Above it, the load was not the planned one. */
const SATURATED_DELAY_MS = 1_000;
/** 95th percentile of the sending delay from which the generator limits the load. */
const LIMITING_DELAY_MS = 100;
/** Open model: allowed share of users that didn't start. */
const MAX_NOT_STARTED = 0.01;
/** Allowed share of the ports, and of the open files, that the generator's host uses. */
const MAX_USED = 0.95;
/** Time limit for deciding all requests after the last acceptance. */
const SETTLE_MS = 30_000;
/** Number of broken invariants that are listed one by one. */
const MAX_LISTED_VIOLATIONS = 20;

/** Verdict on a run. */
export interface RunVerdict {
  /** passed: every promise held. failed: the system broke one. invalid: the run can't tell. */
  outcome: "passed" | "failed" | "invalid";
  /** Broken promises of the system. */
  violations: string[];
  /** Reasons why the run can't tell. */
  doubts: string[];
  /** Remarks for the reader. */
  notes: string[];
  findings: Reconciliation & { deadLettered: number };
  figures: Figures;
}

/** Computes the verdict on a run from its record. */
export function judge(record: RunRecord): RunVerdict {
  const figures = figuresOf(record);
  const cut = { log: missingOf(record.log), evidence: missingEvidence(record.evidence) };
  // A gap in one source would look like a fault of the system in the other.
  const partial = record.interrupted || cut.log.length > 0;
  const findings = reconcile(record, partial);
  const { accepted, issued, duplicate, soldOut, deadLettered } = findings;
  const violations = [
    ...(cut.evidence.length > 0 ? [] : some(findings.violations)),
    ...(cut.evidence.length > 0 || partial ? [] : balance(record, findings)),
    ...(figures.errorRate > record.maxErrorRate
      ? [
          `${figures.errorCount} of ${figures.requests} requests ended in an error: ${percent(figures.errorRate)}, allowed are ${percent(record.maxErrorRate)}`,
        ]
      : []),
    ...(record.evidence.end && record.evidence.end.lag > 0
      ? [`${record.evidence.end.lag} records still wait in the topic`]
      : []),
    ...(isRecreated(record)
      ? ["the topic was deleted and created again during the run: what waited in the former one is lost"]
      : []),
    ...(figures.settleMs > SETTLE_MS
      ? [
          `the last request was decided ${seconds(figures.settleMs)} after the last acceptance, allowed are ${seconds(SETTLE_MS)}`,
        ]
      : []),
  ];
  const doubts = doubtsOf(record, figures, cut);
  const notes = [
    `${accepted} answered as accepted; decided were ${issued} issued + ${duplicate} duplicate + ${soldOut} sold out + ${deadLettered} dead-lettered`,
    ...notesOf(record, figures),
  ];
  const outcome = violations.length > 0 ? "failed" : doubts.length > 0 ? "invalid" : "passed";
  return { outcome, violations, doubts, notes, findings, figures };
}

function reconcile({ log, evidence, plan, mode, startState }: RunRecord, partial: boolean): RunVerdict["findings"] {
  const answers: ClientAnswer[] = log.answers
    .filter(({ kind }) => kind !== "status")
    .map(({ number, kind, status }) => ({
      userId: String(plan.firstUser + number),
      status,
      requestId: requestIdOf(plan, number, kind === "again"),
      text: "",
    }));
  // Requests missing in the log may have been sent, with unknown answers.
  for (const [number, again] of partial ? missingRequests(log.answers, plan.users) : []) {
    answers.push({
      userId: String(plan.firstUser + number),
      status: 0,
      requestId: requestIdOf(plan, number, again),
      text: "",
    });
  }
  const ids = new Set(answers.map(({ requestId }) => requestId));
  const deadLettered = new Set([...evidence.deadLetters].filter((id) => ids.has(id)));
  const stock = evidence.end?.stock ?? startState.stock;
  // Gifticons of people outside of the run don't count.
  const others = evidence.end?.issuedToOthers ?? startState.issuedToOthers;
  const queued = mode === "kafka" ? evidence.records : undefined;
  const findings = checkInvariants({
    answers,
    queued,
    deadLettered,
    rows: evidence.rows,
    stock: { ...stock, total: stock.total - others },
  });
  return { ...findings, deadLettered: deadLettered.size };
}

function isRecreated({ startState, evidence: { end } }: RunRecord): boolean {
  const [before] = startState.offsets;
  return before !== undefined && end?.topicId !== undefined && before.topicId !== end.topicId;
}

function missingRequests(answers: RunRecord["log"]["answers"], users: number): [number: number, again: boolean][] {
  const known = new Set(answers.map(({ kind, number }) => `${kind} ${number}`));
  const last = answers.reduce((most, { number }) => Math.max(most, number), -1);
  // Each user may have had one more request in flight when the log ended.
  return Array.from({ length: last + 1 + users }, (_, number) => number).flatMap((number) =>
    [false, true]
      .filter((again) => !known.has(`${again ? "again" : "first"} ${number}`))
      .map((again): [number, boolean] => [number, again]),
  );
}

/** Compares the counts of accepted and decided requests, as a check of the reconciliation. */
function balance({ mode, log }: RunRecord, findings: RunVerdict["findings"]): string[] {
  const { accepted, issued, duplicate, soldOut, deadLettered } = findings;
  // A request without an answer may have been accepted. In mode direct, a rejection is an answer.
  const unknown = log.answers.filter(({ kind, status }) => kind !== "status" && (status === 0 || status >= 500)).length;
  const rejected = log.answers.filter(
    ({ kind, status }) => kind !== "status" && (status === 409 || status === 410),
  ).length;
  const expected = accepted + (mode === "direct" ? rejected : 0);
  const decided = issued + duplicate + soldOut + deadLettered;
  if (decided >= expected && decided <= expected + unknown) return [];
  return [`${expected} were accepted or rejected, and ${decided} decided`];
}

function doubtsOf(
  { generator, interrupted, plan }: RunRecord,
  figures: Figures,
  cut: { log: string[]; evidence: string[] },
): string[] {
  const ports = generator.ports.last - generator.ports.first + 1;
  return [
    ...(interrupted ? ["it was ended early"] : cut.log.map((what) => `the generator's log is truncated: ${what}`)),
    ...cut.evidence.map((what) => `the evidence is truncated: ${what}`),
    ...(figures.asked === 0 ? ["no user sent a request"] : []),
    ...(generator.exitCode === 0 || interrupted
      ? []
      : [`k6 ended with ${generator.exitCode ?? "no exit code"}: ${generator.errorOutput}`]),
    ...(figures.delay.p95 > SATURATED_DELAY_MS
      ? [
          `the generator is saturated: 5 % of the requests were sent more than ${seconds(figures.delay.p95)} late, allowed are ${seconds(SATURATED_DELAY_MS)}`,
        ]
      : []),
    ...(figures.notStarted > MAX_NOT_STARTED
      ? [
          `the generator is saturated: ${percent(figures.notStarted)} of the planned users did not start (all ${plan.users} were busy)`,
        ]
      : []),
    ...(figures.sockets > ports * MAX_USED
      ? [`the generator is saturated: ${figures.sockets} of ${ports} ports in use`]
      : []),
    ...(figures.sockets > generator.openFiles * MAX_USED
      ? [`the generator is saturated: ${figures.sockets} sockets, and ${generator.openFiles} files may be open`]
      : []),
  ];
}

function notesOf({ plan }: RunRecord, { delay, generatorCpu }: Figures): string[] {
  const cpu = `k6 took ${percent(generatorCpu.ofAllHosts)} of all hosts' CPU, ${generatorCpu.secondsPer10000.toFixed(1)} CPU seconds for 10,000 requests`;
  return [
    cpu,
    ...(delay.p95 > LIMITING_DELAY_MS
      ? [
          `the generator limited the load: 5 % of the requests were sent more than ${Math.round(delay.p95)} ms late, so the system could have served more`,
        ]
      : []),
    ...(plan.model === "closed"
      ? [
          "closed model: users wait for slow answers and send fewer requests; users of the open model (--model open) don't wait",
        ]
      : []),
  ];
}

/** Returns the first items, and the number of the others. */
function some(all: readonly string[]): string[] {
  return all.length <= MAX_LISTED_VIOLATIONS
    ? [...all]
    : [...all.slice(0, MAX_LISTED_VIOLATIONS), `and ${all.length - MAX_LISTED_VIOLATIONS} more`];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
