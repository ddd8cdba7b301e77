import { HOSTS } from "@gifticon/contract/facts/names.ts";
import type { Answer } from "./answers.ts";
import { ERROR_CLASSES, type ErrorClass } from "../operate/error-class.ts";
import { errorOf } from "./errors.ts";
import type { RunRecord } from "./record.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** Figures of a run. */
export interface Figures {
  /** Number of requests of every kind. */
  requests: number;
  /** Number of requests for a gifticon. */
  asked: number;
  /** Number of requests answered with 202 or 201. */
  accepted: number;
  /** Accepted requests per second of the planned time. */
  acceptedPerSecond: number;
  errors: Record<ErrorClass, number>;
  errorCount: number;
  /** Share of failed requests, 0 to 1. */
  errorRate: number;
  /** Latency of answered requests for a gifticon, in milliseconds. */
  latency: Spread;
  /** Time from acceptance by the API to the row, in milliseconds. */
  timeToIssue: Spread;
  /** Time from the last acceptance to the last decision, in milliseconds. */
  settleMs: number;
  /** Delay between planned and real sending, in milliseconds. */
  delay: Spread;
  /**
   * CPU use of the generator's host: its share of its own cores and of all hosts' use, 0 to 1, and
   * CPU seconds for 10,000 requests. 0 when unknown.
   */
  generatorCpu: { ofItsCores: number; ofAllHosts: number; secondsPer10000: number };
  /** Maximum number of open sockets on the generator's host. */
  sockets: number;
  /** Share of planned users that didn't start. 0 in the closed model. */
  notStarted: number;
}

/** Computes the figures of a run. */
export function figuresOf({ log, evidence, plan, hosts }: RunRecord): Figures {
  const errors = Object.fromEntries(ERROR_CLASSES.map((name) => [name, 0])) as Record<ErrorClass, number>;
  const asks = log.answers.filter(({ kind }) => kind !== "status");
  for (const answer of log.answers) {
    const name = errorOf(answer);
    if (name !== undefined) errors[name]++;
  }
  const errorCount = Object.values(errors).reduce((sum, count) => sum + count, 0);
  const accepted = asks.filter(isAccepted);
  const lastAccepted = accepted.reduce((last, { at, duration }) => Math.max(last, at + duration), 0);
  const lastDecided = evidence.rows.reduce((last, { decidedAt }) => Math.max(last, decidedAt), 0);
  const users = asks.filter(({ kind }) => kind === "first").length;
  return {
    requests: log.answers.length,
    asked: asks.length,
    accepted: accepted.length,
    acceptedPerSecond: accepted.length / plan.seconds,
    errors,
    errorCount,
    errorRate: log.answers.length === 0 ? 0 : errorCount / log.answers.length,
    latency: spreadOf(asks.filter(({ status }) => status > 0).map(({ duration }) => duration)),
    timeToIssue: spreadOf(evidence.rows.map(({ requestedAt, decidedAt }) => Math.max(0, decidedAt - requestedAt))),
    settleMs: Math.max(0, lastDecided - lastAccepted),
    delay: spreadOf(asks.map(({ delay }) => delay)),
    generatorCpu: generatorCpuOf(hosts, log.answers.length, log.startedAt ?? 0, log.endedAt ?? Infinity),
    sockets: Math.max(0, ...(hosts.find(isGenerator)?.samples ?? []).map(({ sockets }) => sockets)),
    notStarted: plan.model === "open" ? Math.max(0, 1 - users / (plan.rate * plan.seconds)) : 0,
  };
}

/** Reports whether an answer accepts the request: queued, or issued at once. */
export function isAccepted({ status }: Answer): boolean {
  return status === 202 || status === 201;
}

const isGenerator = ({ host }: { host: string }) => host === HOSTS.loadGenerator;

function generatorCpuOf(hosts: RunRecord["hosts"], requests: number, from: number, to: number) {
  const spent = hosts.map(({ host, cores, samples }) => {
    const during = samples.filter(({ at }) => at >= from && at <= to);
    const [first, last] = [during[0], during.at(-1)];
    if (!first || !last) return { host, cpu: 0, capacity: 0 };
    return { host, cpu: last.cpu - first.cpu, capacity: (last.at - first.at) * 1_000 * cores };
  });
  const generator = spent.find(isGenerator) ?? { cpu: 0, capacity: 0 };
  const all = spent.reduce((sum, { cpu }) => sum + cpu, 0);
  return {
    ofItsCores: generator.capacity === 0 ? 0 : generator.cpu / generator.capacity,
    ofAllHosts: all === 0 ? 0 : generator.cpu / all,
    secondsPer10000: requests === 0 ? 0 : generator.cpu / 1_000_000 / (requests / 10_000),
  };
}
