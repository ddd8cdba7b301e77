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

/** Returns the figures of all runs side by side. */
export function rowsOf({ runs, original }: Report): Row[] {
  const row = (name: string, value: (run: ReportedRun) => string): Row => ({ name, values: runs.map(value) });
  const figures = (value: (figures: ReportedRun["verdict"]["figures"]) => string) => (run: ReportedRun) =>
    value(run.verdict.figures);
  const errors = ERROR_CLASSES.filter((name) => runs.some(({ verdict }) => verdict.figures.errors[name] > 0));
  return [
    row(
      "Requests",
      figures(({ requests }) => number(requests)),
    ),
    row(
      "Accepted",
      figures(({ accepted }) => number(accepted)),
    ),
    row(
      "Accepted a second",
      figures(({ acceptedPerSecond }) => number(acceptedPerSecond)),
    ),
    row(
      "Errors",
      figures(({ errorCount, errorRate }) => `${number(errorCount)} (${percent(errorRate)})`),
    ),
    ...errors.map((name) =>
      row(
        `of these ${name}`,
        figures((all) => number(all.errors[name])),
      ),
    ),
    ...(runs.length > 1
      ? [
          {
            name: "Errors of the original, hand-built system (nGrinder; context, not ours)",
            values: runs.map(({ mode }) => percent(original[mode])),
            context: true as const,
          },
        ]
      : []),
    row(
      "Answer p50",
      figures(({ latency }) => milliseconds(latency.p50)),
    ),
    row(
      "Answer p95",
      figures(({ latency }) => milliseconds(latency.p95)),
    ),
    row(
      "Answer p99",
      figures(({ latency }) => milliseconds(latency.p99)),
    ),
    row(
      "Slowest answer",
      figures(({ latency }) => milliseconds(latency.max)),
    ),
    row(
      "Acceptance to issue p50",
      figures(({ timeToIssue }) => milliseconds(timeToIssue.p50)),
    ),
    row(
      "Acceptance to issue p95",
      figures(({ timeToIssue }) => milliseconds(timeToIssue.p95)),
    ),
    row(
      "Acceptance to issue p99",
      figures(({ timeToIssue }) => milliseconds(timeToIssue.p99)),
    ),
    row(
      "Slowest acceptance to issue",
      figures(({ timeToIssue }) => milliseconds(timeToIssue.max)),
    ),
    row(
      "Last acceptance to last decision",
      figures(({ settleMs }) => milliseconds(settleMs)),
    ),
    row("Issued", ({ verdict }) => number(verdict.findings.issued)),
    row("Rejected as duplicate", ({ verdict }) => number(verdict.findings.duplicate)),
    row("Rejected as sold out", ({ verdict }) => number(verdict.findings.soldOut)),
    row("Dead-lettered", ({ verdict }) => number(verdict.findings.deadLettered)),
    row("Broken invariants", ({ verdict }) => number(verdict.findings.violations.length)),
    row("Highest lag of the topic", ({ series }) => peak(series.lag)),
    row(
      "Most database connections",
      ({ series, database }) => `${peak(series.connections)} of ${database.maxConnections}`,
    ),
    row("Busiest host but the generator", busiest),
    row(
      "Generator's own delay p95",
      figures(({ delay }) => milliseconds(delay.p95)),
    ),
    row(
      "Generator's longest delay",
      figures(({ delay }) => milliseconds(delay.max)),
    ),
    row(
      "Generator's use of its own cores",
      figures(({ generatorCpu }) => percent(generatorCpu.ofItsCores)),
    ),
    row(
      "Generator's share of all hosts' CPU",
      figures(({ generatorCpu }) => percent(generatorCpu.ofAllHosts)),
    ),
    row(
      "Generator's CPU for 10,000 requests",
      figures(({ generatorCpu }) => `${generatorCpu.secondsPer10000.toFixed(1)} s`),
    ),
  ];
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
