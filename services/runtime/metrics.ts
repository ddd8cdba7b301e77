import type { Pool } from "pg";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { withTimeout } from "./with-timeout.ts";

const STOCK_TIMEOUT_MS = 1_000;

/** Buckets in seconds for latencies from a millisecond to the longest deadline. */
export const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Buckets in items for batches. */
export const BATCH_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 5000];

/**
 * Creates a registry with Node's own metrics (event loop delay, memory, CPU, garbage collection).
 */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Adds the numbers of the pool's connections by state, and of callers that wait for one. */
export function observePool(registry: Registry, pool: Pool): void {
  new Gauge({
    name: "gifticon_database_connections",
    help: "Connections of this process to the database, by state.",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
    },
  });
  new Gauge({
    name: "gifticon_database_connections_max",
    help: "The most connections that this process opens.",
    registers: [registry],
  }).set(pool.options.max);
  new Gauge({
    name: "gifticon_database_waiting",
    help: "Queries that wait for a connection.",
    registers: [registry],
    collect() {
      this.set(pool.waitingCount);
    },
  });
}

/** Adds the number of remaining gifticons, which each scrape reads. */
export function observeStock(registry: Registry, readRemaining: () => Promise<number>): void {
  new Gauge({
    name: "gifticon_stock_remaining",
    help: "Gifticons left; absent while the database can't be asked.",
    registers: [registry],
    async collect() {
      try {
        this.set(await withTimeout(readRemaining(), STOCK_TIMEOUT_MS, "reading the stock"));
      } catch {
        this.remove();
      }
    },
  });
}
