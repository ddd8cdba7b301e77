import { errorOf } from "./errors.ts";
import { isAccepted } from "./figures.ts";
import type { RunRecord } from "./record.ts";
import { quantilesOf, spreadOf } from "./statistics.ts";

/** A run, second by second. Index 0 is the second in which k6 started. Missing values are null. */
export interface Series {
  /** Number of requests sent. */
  offered: number[];
  /** Number of accepted requests. */
  accepted: number[];
  errors: number[];
  /** Number of gifticons issued, by the time of their rows. */
  issued: number[];
  /** Number of decided requests. */
  decided: number[];
  /** Accepted and undecided requests at the end of the second. */
  waiting: number[];
  /** Lag of the issuer in records. */
  lag: (number | null)[];
  connections: (number | null)[];
  activeConnections: (number | null)[];
  /** Latency of the second's requests, in milliseconds. */
  p50: (number | null)[];
  p99: (number | null)[];
  /** Cores in use, by host. */
  cpu: Record<string, (number | null)[]>;
}

/** Shares at which a distribution is drawn, 0 to 1. They are denser towards the slow end. */
export const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1] as const;

/** Latency and time to issue at each of {@link SHARES}, in milliseconds. */
export interface Distribution {
  latency: number[];
  timeToIssue: number[];
}

/** Computes the series of a run. */
export function seriesOf({ log, evidence, samples, hosts }: RunRecord): Series {
  const start = log.startedAt ?? log.answers[0]?.at ?? 0;
  const ends = [...log.answers.map(({ at, duration }) => at + duration), ...evidence.rows.map((row) => row.decidedAt)];
  const length = Math.max(1, Math.ceil((ends.reduce((last, at) => Math.max(last, at), start) - start) / 1_000));
  const second = (at: number) => Math.floor((at - start) / 1_000);
  const count = (times: Iterable<number>) => {
    const counts = new Array<number>(length).fill(0);
    for (const at of times) {
      const index = Math.min(length - 1, Math.max(0, second(at)));
      counts[index] = (counts[index] ?? 0) + 1;
    }
    return counts;
  };
  const asks = log.answers.filter(({ kind }) => kind !== "status");
  const endOf = ({ at, duration }: { at: number; duration: number }) => at + duration;
  const requested = count(evidence.rows.map(({ requestedAt }) => requestedAt));
  const decided = count(evidence.rows.map(({ decidedAt }) => decidedAt));
  const bySecond = Array.from({ length }, (): number[] => []);
  for (const answer of asks) bySecond[Math.min(length - 1, Math.max(0, second(endOf(answer))))]?.push(answer.duration);
  const spreads = bySecond.map((durations) => (durations.length === 0 ? undefined : spreadOf(durations)));
  const sampled = (value: (sample: RunRecord["samples"][number]) => number | undefined) => {
    const values = new Array<number | null>(length).fill(null);
    for (const sample of samples) {
      const index = second(sample.at);
      if (index >= 0 && index < length) values[index] = value(sample) ?? null;
    }
    return values;
  };
  return {
    offered: count(asks.map(({ at }) => at)),
    accepted: count(asks.filter(isAccepted).map(endOf)),
    errors: count(log.answers.filter((answer) => errorOf(answer) !== undefined).map(endOf)),
    issued: count(evidence.rows.filter(({ outcome }) => outcome === "issued").map(({ decidedAt }) => decidedAt)),
    decided,
    waiting: remaining(requested, decided),
    lag: sampled(({ lag }) => lag),
    connections: sampled(({ connections }) => connections?.all),
    activeConnections: sampled(({ connections }) => connections?.active),
    p50: spreads.map((spread) => spread?.p50 ?? null),
    p99: spreads.map((spread) => spread?.p99 ?? null),
    cpu: Object.fromEntries(hosts.map(({ host, samples: usage }) => [host, coresInUse(usage, start, length)])),
  };
}

/** Computes the distributions of a run. */
export function distributionOf({ log, evidence }: RunRecord): Distribution {
  return {
    latency: quantilesOf(
      log.answers.filter(({ kind, status }) => kind !== "status" && status > 0).map(({ duration }) => duration),
      SHARES,
    ),
    timeToIssue: quantilesOf(
      evidence.rows.map(({ requestedAt, decidedAt }) => Math.max(0, decidedAt - requestedAt)),
      SHARES,
    ),
  };
}

/** Returns the number of items that have arrived and not left, at the end of each second. */
function remaining(arrived: readonly number[], left: readonly number[]): number[] {
  let present = 0;
  return arrived.map((count, index) => Math.max(0, (present += count - (left[index] ?? 0))));
}

function coresInUse(usage: RunRecord["hosts"][number]["samples"], start: number, length: number): (number | null)[] {
  const cores = new Array<number | null>(length).fill(null);
  for (const [index, now] of usage.entries()) {
    const before = usage[index - 1];
    const second = Math.floor((now.at - start) / 1_000);
    if (!before || second < 0 || second >= length || now.at === before.at) continue;
    cores[second] = Math.round(((now.cpu - before.cpu) / 1_000 / (now.at - before.at)) * 1_000) / 1_000;
  }
  return cores;
}
