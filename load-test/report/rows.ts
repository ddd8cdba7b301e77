import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { ERROR_CLASSES } from "../../operate/error-class.ts";
import type { Report, ReportedRun } from "./report.ts";

/** A row of the table of figures, with its value in each run. */
export interface Row {
  name: string;
  values: string[];
  /** Values of the original system, as context. */
  context?: true;
}

/** Returns the text of a figure in one run. */
type Figure = (run: ReportedRun) => string;

const REQUESTS: Record<string, Figure> = {
  Requests: ({ verdict }) => number(verdict.figures.requests),
  Accepted: ({ verdict }) => number(verdict.figures.accepted),
  "Accepted a second": ({ verdict }) => number(verdict.figures.acceptedPerSecond),
  Errors: ({ verdict: { figures } }) => `${number(figures.errorCount)} (${percent(figures.errorRate)})`,
};

const TIMES: Record<string, Figure> = {
  "Answer p50": ({ verdict }) => milliseconds(verdict.figures.latency.p50),
  "Answer p95": ({ verdict }) => milliseconds(verdict.figures.latency.p95),
  "Answer p99": ({ verdict }) => milliseconds(verdict.figures.latency.p99),
  "Slowest answer": ({ verdict }) => milliseconds(verdict.figures.latency.max),
  "Acceptance to issue p50": ({ verdict }) => milliseconds(verdict.figures.timeToIssue.p50),
  "Acceptance to issue p95": ({ verdict }) => milliseconds(verdict.figures.timeToIssue.p95),
  "Acceptance to issue p99": ({ verdict }) => milliseconds(verdict.figures.timeToIssue.p99),
  "Slowest acceptance to issue": ({ verdict }) => milliseconds(verdict.figures.timeToIssue.max),
  "Last acceptance to last decision": ({ verdict }) => milliseconds(verdict.figures.settleMs),
};

const DECISIONS: Record<string, Figure> = {
  Issued: ({ verdict }) => number(verdict.findings.issued),
  "Rejected as duplicate": ({ verdict }) => number(verdict.findings.duplicate),
  "Rejected as sold out": ({ verdict }) => number(verdict.findings.soldOut),
  "Dead-lettered": ({ verdict }) => number(verdict.findings.deadLettered),
  "Broken invariants": ({ verdict }) => number(verdict.findings.violations.length),
};

const USE: Record<string, Figure> = {
  "Highest lag of the topic": ({ series }) => peak(series.lag),
  "Most database connections": ({ series, database }) => `${peak(series.connections)} of ${database.maxConnections}`,
  "Busiest host but the generator": busiest,
};

const GENERATOR: Record<string, Figure> = {
  "Generator's own delay p95": ({ verdict }) => milliseconds(verdict.figures.delay.p95),
  "Generator's longest delay": ({ verdict }) => milliseconds(verdict.figures.delay.max),
  "Generator's use of its own cores": ({ verdict }) => percent(verdict.figures.generatorCpu.ofItsCores),
  "Generator's share of all hosts' CPU": ({ verdict }) => percent(verdict.figures.generatorCpu.ofAllHosts),
  "Generator's CPU for 10,000 requests": ({ verdict: { figures } }) =>
    `${figures.generatorCpu.secondsPer10000.toFixed(1)} s`,
};

/** Returns the figures of all runs side by side. */
export function rowsOf({ runs, original }: Report): Row[] {
  const rows = (figures: Record<string, Figure>): Row[] =>
    Object.entries(figures).map(([name, figure]) => ({ name, values: runs.map(figure) }));
  const compared: Row = {
    name: "Errors of the original, hand-built system (nGrinder; context, not ours)",
    values: runs.map(({ mode }) => percent(original[mode])),
    context: true,
  };
  return [
    ...rows({ ...REQUESTS, ...errorsOf(runs) }),
    ...(runs.length > 1 ? [compared] : []),
    ...rows({ ...TIMES, ...DECISIONS, ...USE, ...GENERATOR }),
  ];
}

/** Returns a figure for each class of errors that some run had. */
function errorsOf(runs: readonly ReportedRun[]): Record<string, Figure> {
  const seen = ERROR_CLASSES.filter((name) => runs.some(({ verdict }) => verdict.figures.errors[name] > 0));
  return Object.fromEntries(
    seen.map((name) => [`of these ${name}`, ({ verdict }: ReportedRun) => number(verdict.figures.errors[name])]),
  );
}

/** Returns the largest known value. */
function peak(values: readonly (number | null)[]): string {
  const seen = values.filter((value) => value !== null);
  return seen.length === 0 ? "not seen" : number(Math.max(...seen));
}

/** Returns the host with the highest CPU share in a second, and that share. */
function busiest({ series, cores }: ReportedRun): string {
  const peaks = Object.entries(series.cpu)
    .filter(([host]) => host !== HOSTS.loadGenerator)
    .map(([host, used]) => ({ host, used: Math.max(0, ...used.map((value) => value ?? 0)) }))
    .sort((a, b) => b.used - a.used);
  const [first] = peaks;
  return first ? `${first.host}, ${first.used.toFixed(1)} of ${cores[first.host] ?? 0} cores` : "not seen";
}

/** Formats 1234.5 as "1,235". */
export function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Formats 0.1234 as "12.34 %". */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** Formats 1234 as "1.23 s" and 12 as "12 ms". */
export function milliseconds(value: number): string {
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${Math.round(value)} ms`;
}
