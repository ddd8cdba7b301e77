import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { issue, readStock } from "@gifticon/event-database/issue.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import { countReplayed } from "@gifticon/event-database/replayed.ts";
import { recordTopic } from "@gifticon/event-database/seen-topics.ts";
import { databaseReadiness, SchemaWatch } from "@gifticon/event-database/schema-watch.ts";
import { readIssuerSettings } from "@gifticon/runtime/environment.ts";
import { createKafka } from "@gifticon/kafka/client.ts";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";
import { createLog } from "@gifticon/runtime/log.ts";
import { createRegistry, observePool, observeStock } from "@gifticon/runtime/metrics.ts";
import { healthyOnceReady, registerOperations } from "@gifticon/runtime/operations.ts";
import type { RunningService } from "@gifticon/runtime/run.ts";
import { fastify, type FastifyBaseLogger, LogController } from "fastify";
import { BatchHandler } from "./batch-handler.ts";
import { ConsumerLoop } from "@gifticon/kafka/consumer/consumer-loop.ts";
import { openSession, type SessionEvents } from "@gifticon/kafka/consumer/consumer-session.ts";
import { LagWatch } from "@gifticon/kafka/consumer/lag-watch.ts";
import { createIssuerMetrics, observeDeadLetters } from "./metrics.ts";
import { Progress } from "@gifticon/kafka/consumer/progress.ts";
import { TopicWatch } from "./topic-watch.ts";

/**
 * Starts the issuer. It answers health checks at once, and consumes when the database has its
 * schema and the broker is available.
 */
export async function startGifticonIssuer(
  environment: NodeJS.ProcessEnv,
): Promise<RunningService & { address: string }> {
  const settings = readIssuerSettings(environment);
  const { topic } = settings.kafka;
  const log = createLog(SERVICES.issuer, settings.logLevel);
  const registry = createRegistry();

  const progress = new Progress();

  const pool = createPool(settings.database, SERVICES.issuer, log);
  observePool(registry, pool);
  const metrics = createIssuerMetrics(registry);
  observeStock(registry, async () => (await readStock(pool)).remaining);
  const schema = new SchemaWatch(pool, log);
  const connect = () => createKafka(settings.kafka, SERVICES.issuer, log);

  let report: { lag: PartitionLag[] | undefined } | undefined;
  const recordIdleness = () => {
    if (report !== undefined && !waits(report.lag, loop)) progress.worked();
  };
  const loop: ConsumerLoop = new ConsumerLoop(
    (events) => {
      const joined: SessionEvents["joined"] = (partitions) => {
        events.joined(partitions);
        recordIdleness();
      };
      return openSession(connect(), topic, settings.groupId, { ...events, joined });
    },
    ({ sendDeadLetters }) =>
      new BatchHandler({ issue: (requests) => issue(pool, requests), sendDeadLetters, metrics, progress, log }),
    progress,
    log,
  );
  const topicWatch = new TopicWatch((seen) => recordTopic(pool, { ...seen, topic }), metrics.replaced, log);
  const setLetters = observeDeadLetters(registry, () => countReplayed(pool));
  const reportLag = (lag: PartitionLag[] | undefined, stored: number | undefined) => {
    setLetters(stored);
    report = { lag };
    metrics.lag(lag);
    recordIdleness();
    void topicWatch.check(lag ?? []);
  };
  const lagWatch = new LagWatch(connect, topic, settings.groupId, reportLag, log);

  const readiness = async () => {
    const database = await databaseReadiness(pool, schema);
    return database.ok ? loop.state : database;
  };
  const logger: FastifyBaseLogger = log;
  const app = fastify({ loggerInstance: logger, logController: new LogController({ disableRequestLogging: true }) });
  registerOperations(app, {
    registry,
    ...healthyOnceReady(
      readiness,
      () => progress.health,
      () => progress.proven,
    ),
  });
  const address = await app.listen({ host: "0.0.0.0", port: settings.port });

  schema.start();
  lagWatch.start();
  loop.start();

  const stop = async () => {
    await loop.stop();
    await lagWatch.stop();
    await schema.stop();
    await app.close();
    await pool.end();
  };
  log.info({ topic, groupId: settings.groupId, address }, "listening");
  return { log, stop, address };
}

/**
 * Returns whether readable records wait for this issuer: in its partitions, or in any partition
 * while it isn't in the group. Returns false while the lag is unknown.
 */
function waits(lag: PartitionLag[] | undefined, { state, partitions }: ConsumerLoop): boolean {
  return (
    lag?.some(({ partition, behind, held }) => behind > held && (!state.ok || partitions.includes(partition))) ?? false
  );
}
