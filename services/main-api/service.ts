import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { issue, findStatuses } from "@gifticon/event-database/issue.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import { readTally } from "@gifticon/event-database/tally.ts";
import { databaseReadiness, SchemaWatch } from "@gifticon/event-database/schema-watch.ts";
import { readMainApiSettings } from "@gifticon/runtime/environment.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import { createLog } from "@gifticon/runtime/log.ts";
import { withTimeout } from "@gifticon/runtime/with-timeout.ts";
import { createRegistry, observePool, observeStock } from "@gifticon/runtime/metrics.ts";
import { healthyOnceReady } from "@gifticon/runtime/operations.ts";
import type { RunningService } from "@gifticon/runtime/run.ts";
import type { Pool } from "pg";
import type { Acceptor } from "./acceptor.ts";
import { createApp } from "./app.ts";
import { Batcher } from "./batcher.ts";
import { BrokerLink } from "./broker-link.ts";
import { createDirectAcceptor } from "./direct-acceptor.ts";
import { createKafkaAcceptor } from "./kafka-acceptor.ts";
import { Drain } from "./drain.ts";
import { kafkaConnection } from "./kafka-connection.ts";
import { listen } from "./listen.ts";
import { type BatchObserver, createApiMetrics } from "./metrics.ts";
import { loadPage } from "./page.ts";
import { shareReading } from "./shared-reading.ts";
import { readStats } from "./stats.ts";

/** Equals the hosts' raised somaxconn, which limits it. */
const BACKLOG = 4_096;
/** Concurrent status requests share queries. */
const LOOKUP_BOUNDS = { lingerMs: 2, maxBatch: 500, maxInFlight: 2, maxPending: 5_000 };

/** Minimum interval between readings of the event's figures, and the time limit of their query. */
const STATS_EVERY_MS = 1_000;
const TALLY_TIMEOUT_MS = 2_000;

/**
 * Starts main-api. It listens at once, and becomes ready when Kafka or the database is available.
 */
export async function startMainApi(environment: NodeJS.ProcessEnv): Promise<RunningService & { address: string }> {
  const settings = readMainApiSettings(environment);
  const log = createLog(SERVICES.api, settings.logLevel);
  const pool = createPool(settings.database, SERVICES.api, log);
  const schema = new SchemaWatch(pool, log);
  schema.start();

  const registry = createRegistry();
  observePool(registry, pool);
  const metrics = createApiMetrics(registry, () => acceptor.pending());
  const link =
    settings.mode === "kafka"
      ? new BrokerLink(() => kafkaConnection(settings.kafka, settings.groupId, log), log)
      : undefined;
  link?.start();
  const acceptor =
    link === undefined
      ? directAcceptor(pool, schema, metrics.observeBatch, settings.maxPending)
      : createKafkaAcceptor(link, metrics.observeBatch, settings.maxPending);

  const logFailure = (what: string) => (error: unknown) => {
    log.warn({ err: error }, `${what} can't be read`);
    throw error;
  };
  const lookup = new Batcher<string, RequestStatus>({
    ...LOOKUP_BOUNDS,
    work: (ids) => findStatuses(pool, ids).catch(logFailure("the status of requests")),
  });
  const tally = () =>
    withTimeout(readTally(pool), TALLY_TIMEOUT_MS, "reading the tally").catch(logFailure("the tally"));
  const stats = shareReading(() => readStats({ tally, lag: link && (() => link.readLag()) }), STATS_EVERY_MS);
  // In mode direct there is no issuer whose metrics show the stock.
  if (link === undefined) observeStock(registry, async () => (await stats()).stock.remaining);
  const drain = new Drain();
  const readiness = async () => (drain.started ? ({ ok: false, reason: "stopping" } as const) : acceptor.readiness());

  const app = createApp({
    acceptor,
    metrics,
    log,
    operations: { registry, ...healthyOnceReady(readiness, () => ({ ok: true })) },
    drain,
    findStatus: (requestId) => lookup.submit(requestId),
    stats,
    page: loadPage,
  });
  const address = await listen(app, { host: "0.0.0.0", port: settings.port, backlog: BACKLOG });

  const stop = async () => {
    await drain.wait();
    await app.close();
    await acceptor.close();
    await schema.stop();
    await pool.end();
  };
  log.info({ mode: settings.mode, address }, "listening");
  return { log, stop, address };
}

function directAcceptor(
  pool: Pool,
  schema: SchemaWatch,
  observe: BatchObserver,
  maxPending: number | undefined,
): Acceptor {
  const connect = async () => {
    const { state } = schema;
    if (!state.ok) throw new Error(state.reason);
    const client = await pool.connect();
    return {
      issue: (requests: GifticonRequest[]) => issue(client, requests),
      findStatuses: (requestIds: string[]) => findStatuses(client, requestIds),
      release: (error?: Error) => {
        client.release(error);
      },
    };
  };
  return createDirectAcceptor({ connect, readiness: () => databaseReadiness(pool, schema) }, observe, maxPending);
}
