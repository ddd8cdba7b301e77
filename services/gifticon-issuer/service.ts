import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { issue, readStock } from "@gifticon/event-database/issue.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import { countReplayed } from "@gifticon/event-database/replayed.ts";
import { recordTopic } from "@gifticon/event-database/seen-topics.ts";
import { databaseReadiness, SchemaWatch } from "@gifticon/event-database/schema-watch.ts";
import { readIssuerSettings } from "@gifticon/runtime/environment.ts";
import { createKafka } from "@gifticon/kafka/client.ts";
import { createLog } from "@gifticon/runtime/log.ts";
import { createRegistry, observePool, observeStock } from "@gifticon/runtime/metrics.ts";
import { registerOperations } from "@gifticon/runtime/operations.ts";
import type { RunningService } from "@gifticon/runtime/run.ts";
import { fastify, type FastifyBaseLogger, LogController } from "fastify";
import { BatchHandler } from "./batch-handler.ts";
import { GroupConsumer } from "@gifticon/kafka/consumer/group-consumer.ts";
import { createIssuerMetrics, observeDeadLetters } from "./metrics.ts";
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

  const pool = createPool(settings.database, SERVICES.issuer, log);
  observePool(registry, pool);
  const metrics = createIssuerMetrics(registry);
  observeStock(registry, async () => (await readStock(pool)).remaining);
  const schema = new SchemaWatch(pool, log);
  const topicWatch = new TopicWatch((seen) => recordTopic(pool, { ...seen, topic }), metrics.replaced, log);
  const setLetters = observeDeadLetters(registry, () => countReplayed(pool));
  const consumer = new GroupConsumer({
    connect: () => createKafka(settings.kafka, SERVICES.issuer, log),
    topic,
    groupId: settings.groupId,
    handlerOf: ({ sendDeadLetters }, progress) =>
      new BatchHandler({ issue: (requests) => issue(pool, requests), sendDeadLetters, metrics, progress, log }),
    dependencies: () => databaseReadiness(pool, schema),
    onLag: (lag, letters) => {
      metrics.lag(lag);
      setLetters(letters);
      void topicWatch.check(lag ?? []);
    },
    log,
  });

  const logger: FastifyBaseLogger = log;
  const app = fastify({ loggerInstance: logger, logController: new LogController({ disableRequestLogging: true }) });
  registerOperations(app, { registry, ...consumer.checks });
  const address = await app.listen({ host: "0.0.0.0", port: settings.port });

  schema.start();
  consumer.start();

  const stop = async () => {
    await consumer.stop();
    await schema.stop();
    await app.close();
    await pool.end();
  };
  log.info({ topic, groupId: settings.groupId, address }, "listening");
  return { log, stop, address };
}
