import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import { BATCH_BUCKETS, LATENCY_BUCKETS } from "@gifticon/runtime/metrics.ts";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Runs the work of a batch and records its size and duration. */
export type BatchObserver = <T>(size: number, work: () => Promise<T>) => Promise<T>;

const OUTCOMES = [
  "queued",
  "issued",
  "duplicate",
  "sold_out",
  "invalid",
  "overloaded",
  "unavailable",
  "unknown",
  "failed",
] as const;

/** Outcome of a `POST /gifticons`. */
export type PostOutcome = (typeof OUTCOMES)[number];

/** Metrics of main-api. */
export interface ApiMetrics {
  /** Counts an answered request. */
  answered: (outcome: PostOutcome, seconds: number) => void;
  observeBatch: BatchObserver;
}

/** Registers the metrics. Each scrape calls `pending`. */
export function createApiMetrics(registry: Registry, pending: () => number): ApiMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: METRICS.requests,
    help: "Requests for a gifticon, by how they were answered.",
    labelNames: ["outcome"],
    registers,
  });
  // Counters start at 0: a rate is right only for a counter that existed before its first
  // increment.
  for (const outcome of OUTCOMES) requests.inc({ outcome }, 0);
  const duration = new Histogram({
    name: "gifticon_request_duration_seconds",
    help: "From a request's arrival to its answer.",
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const batchDuration = new Histogram({
    name: "gifticon_accept_batch_duration_seconds",
    help: "From handing a batch to the broker (or the database in direct mode) to its acknowledgement.",
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const batchSize = new Histogram({
    name: "gifticon_accept_batch_requests",
    help: "Requests that share a batch.",
    buckets: BATCH_BUCKETS,
    registers,
  });
  new Gauge({
    name: "gifticon_requests_in_flight",
    help: "Requests that wait for their batch or for its acknowledgement.",
    registers,
    collect() {
      this.set(pending());
    },
  });
  return {
    answered: (outcome, seconds) => {
      requests.inc({ outcome });
      duration.observe(seconds);
    },
    observeBatch: async (size, work) => {
      batchSize.observe(size);
      const stop = batchDuration.startTimer();
      try {
        return await work();
      } finally {
        stop();
      }
    },
  };
}
