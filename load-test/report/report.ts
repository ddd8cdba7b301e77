import type { EventOptions } from "../options.ts";
import type { RunRecord } from "../record.ts";
import { type Distribution, distributionOf, type Series, seriesOf, SHARES } from "../series.ts";
import type { StackOutputs } from "../../operate/stack-outputs.ts";
import type { RunningService } from "./services.ts";
import { judge, type RunVerdict } from "../verdict.ts";

/** Figures of the original, hand-built system, measured with nGrinder. They are context. */
export const ORIGINAL = { direct: 0.6806, kafka: 0.3749 } as const;

/** A run in the report. */
export interface ReportedRun {
  mode: "kafka" | "direct";
  /** Start time in ISO 8601. */
  startedAt: string;
  verdict: RunVerdict;
  series: Series;
  distribution: Distribution;
  generator: RunRecord["generator"];
  /** Number of cores, by host. */
  cores: Record<string, number>;
  plan: RunRecord["plan"];
  database: { version: string; maxConnections: number; stock: number };
}

/** A report. The JSON file contains it; the other files are views of it. */
export interface Report {
  format: 1;
  createdAt: string;
  outcome: RunVerdict["outcome"];
  stack: { name: string; mode: string; apiUrl: string; hosts: { name: string; role: string }[] };
  options: Pick<EventOptions, "users" | "seconds" | "model" | "rate" | "maxErrorRate">;
  versions: Record<string, string>;
  services: RunningService[];
  shares: readonly number[];
  runs: ReportedRun[];
  original: typeof ORIGINAL;
}

/** Creates the report of one run, or of two for a comparison. */
export function makeReport(
  records: readonly RunRecord[],
  options: EventOptions,
  stack: StackOutputs,
  versions: Record<string, string>,
  services: RunningService[] = [],
): Report {
  const runs = records.map((record): ReportedRun => {
    const { mode, plan, log, generator, startState, hosts } = record;
    return {
      mode,
      startedAt: new Date(log.startedAt ?? 0).toISOString(),
      verdict: judge(record),
      series: seriesOf(record),
      distribution: distributionOf(record),
      generator,
      cores: Object.fromEntries(hosts.map(({ host, cores }) => [host, cores])),
      plan,
      database: {
        version: startState.databaseVersion,
        maxConnections: startState.maxConnections,
        stock: startState.stock.total,
      },
    };
  });
  const { users, seconds, model, rate, maxErrorRate } = options;
  return {
    format: 1,
    createdAt: new Date().toISOString(),
    outcome: outcomeOf(runs.map(({ verdict }) => verdict.outcome)),
    stack: {
      name: options.stack,
      mode: stack.mode,
      apiUrl: stack.apiUrl,
      hosts: stack.nodes.map(({ name, role }) => ({ name, role })),
    },
    options: { users, seconds, model, rate, maxErrorRate },
    versions,
    services,
    shares: SHARES,
    runs,
    original: ORIGINAL,
  };
}

/** Returns the worst outcome of the runs. */
function outcomeOf(outcomes: readonly RunVerdict["outcome"][]): RunVerdict["outcome"] {
  if (outcomes.includes("failed")) return "failed";
  return outcomes.includes("invalid") ? "invalid" : "passed";
}
