import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import type { IssueResult } from "@gifticon/event-database/issue.ts";
import type { ReplacedTopic } from "@gifticon/event-database/seen-topics.ts";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";
import { BATCH_BUCKETS, LATENCY_BUCKETS } from "@gifticon/runtime/metrics.ts";
import { withTimeout } from "@gifticon/runtime/with-timeout.ts";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Outcomes of a record. */
const OUTCOMES = ["issued", "duplicate", "sold_out", "repeated", "dead_lettered"] as const;

/** The issuer's own metrics. */
export interface IssuerMetrics {
  decided: (result: IssueResult) => void;
  deadLettered: (records: number) => void;
  /** Counts a transaction that failed and will be retried. */
  failed: () => void;
  observeIssue: <T>(size: number, work: () => Promise<T>) => Promise<T>;
  /** Sets the lag. Undefined means that the broker doesn't answer. */
  lag: (partitions: PartitionLag[] | undefined) => void;
  /** Sets the topic that replaced a deleted one; undefined for the first topic. */
  replaced: (topic: ReplacedTopic | undefined) => void;
}

/** Registers the metrics of a topic that was deleted and created again. */
function createReplacedMetrics(registers: Registry[]): IssuerMetrics["replaced"] {
  const replaced = new Gauge({
    name: METRICS.replaced,
    help: "Time at which the issuer first saw a topic that replaced a deleted one, in seconds since 1970; 0 without one.",
    registers,
  });
  const waited = new Gauge({
    name: METRICS.waitedInReplaced,
    help: "Records that waited in the deleted topic at the issuer's last check; -1 when that is unknown.",
    registers,
  });
  return (topic) => {
    replaced.set((topic?.firstSeenAt ?? 0) / 1_000);
    waited.set(topic === undefined ? 0 : (topic.waited ?? -1));
  };
}

/** Registers the lag, and its part that an open transaction holds back. */
function createLagMetrics(registers: Registry[]): IssuerMetrics["lag"] {
  const lag = new Gauge({
    name: METRICS.lag,
    help: "Records behind the end of the partition; absent while the broker can't be asked.",
    labelNames: ["partition"],
    registers,
  });
  const held = new Gauge({
    name: METRICS.held,
    help: "Part of the lag that an open transaction holds back; absent while the broker can't be asked.",
    labelNames: ["partition"],
    registers,
  });
  return (partitions) => {
    lag.reset();
    held.reset();
    for (const one of partitions ?? []) {
      lag.set({ partition: one.partition }, one.behind);
      held.set({ partition: one.partition }, one.held);
    }
  };
}

/** Time in which the database has to count the replayed letters, in milliseconds. */
const COUNT_TIMEOUT_MS = 1_000;

/**
 * Observes the dead letters that no replay has put back. Each scrape asks the database, which
 * records the letters that were put back.
 *
 * @param countReplayed counts the letters that replays have put back.
 * @returns a function that sets the number of records in the dead letter topic; undefined when it
 *   is unknown.
 */
export function observeDeadLetters(
  registry: Registry,
  countReplayed: () => Promise<number>,
): (stored: number | undefined) => void {
  let letters: number | undefined;
  new Gauge({
    name: METRICS.deadLetters,
    help: "Dead letters that no replay has put back; absent while the broker or the database can't be asked.",
    registers: [registry],
    async collect() {
      try {
        if (letters === undefined) this.remove();
        else if (letters === 0) this.set(0);
        else {
          const done = await withTimeout(countReplayed(), COUNT_TIMEOUT_MS, "counting the replayed letters");
          // The broker deletes old letters, and the database keeps their ids.
          this.set(Math.max(0, letters - done));
        }
      } catch {
        this.remove();
      }
    },
  });
  return (stored) => {
    letters = stored;
  };
}

/** Registers the issuer's metrics. */
export function createIssuerMetrics(registry: Registry): IssuerMetrics {
  const registers = [registry];
  const records = new Counter({
    name: METRICS.records,
    help: "Records handled, by outcome; repeated ones had been decided before.",
    labelNames: ["outcome"],
    registers,
  });
  const failures = new Counter({
    name: "gifticon_issue_failures_total",
    help: "Transactions that failed and were tried again.",
    registers,
  });
  const duration = new Histogram({
    name: "gifticon_issue_duration_seconds",
    help: "Time of one transaction, measured by the issuer.",
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const size = new Histogram({
    name: "gifticon_issue_batch_requests",
    help: "Requests in a transaction.",
    buckets: BATCH_BUCKETS,
    registers,
  });
  // Each counter starts at 0, because a rate misses the first increase of a new series.
  for (const outcome of OUTCOMES) records.inc({ outcome }, 0);
  return {
    replaced: createReplacedMetrics(registers),
    decided: ({ issued, duplicate, soldOut, repeated }) => {
      records.inc({ outcome: "issued" }, issued);
      records.inc({ outcome: "duplicate" }, duplicate);
      records.inc({ outcome: "sold_out" }, soldOut);
      records.inc({ outcome: "repeated" }, repeated);
    },
    deadLettered: (count) => {
      records.inc({ outcome: "dead_lettered" }, count);
    },
    failed: () => {
      failures.inc();
    },
    observeIssue: async (requests, work) => {
      size.observe(requests);
      const stop = duration.startTimer();
      try {
        return await work();
      } finally {
        stop();
      }
    },
    lag: createLagMetrics(registers),
  };
}
