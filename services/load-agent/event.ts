import { createPool } from "@gifticon/contract/database/pool.ts";
import type { readMainApiSettings } from "@gifticon/contract/environment.ts";
import { createKafka } from "@gifticon/contract/kafka/client.ts";
import { readLag } from "@gifticon/contract/kafka/lag.ts";
import { createLog } from "@gifticon/contract/runtime/log.ts";
import type { Kafka } from "kafkajs";
import type { Pool } from "pg";

/** The event, as the agent reaches it. */
export interface Event extends AsyncDisposable {
  readonly pool: Pool;
  /** Undefined where the stack has no Kafka. */
  readonly queue: Queue | undefined;
}

/** The topic and the group that reads it. */
export interface Queue {
  readonly topic: string;
  readonly kafka: Kafka;
  /** Records that the group hasn't committed, over all partitions. */
  lag: () => Promise<number>;
  /** Where each partition of a topic ends. */
  ends: (topic: string) => Promise<{ partition: number; offset: string }[]>;
}

/** Connects when something is asked first. */
export function openEvent({ mode, database, kafka, groupId }: ReturnType<typeof readMainApiSettings>): Event {
  // What the agent writes to standard output is its answer.
  const log = createLog("load-agent", "silent");
  const pool = createPool(database, "load-agent", log);
  const client = createKafka(kafka, "load-agent", log);
  const admin = client.admin();
  let connected: Promise<void> | undefined;
  const connect = () => (connected ??= admin.connect());
  return {
    pool,
    queue:
      mode === "kafka"
        ? {
            topic: kafka.topic,
            kafka: client,
            lag: async () => {
              await connect();
              const partitions = await readLag(admin, kafka.topic, groupId);
              return partitions.reduce((sum, { behind }) => sum + behind, 0);
            },
            ends: async (topic) => {
              await connect();
              const ends = await admin.fetchTopicOffsets(topic);
              return ends.map(({ partition, high }) => ({ partition, offset: high }));
            },
          }
        : undefined,
    [Symbol.asyncDispose]: async () => {
      await connected?.then(() => admin.disconnect()).catch(() => undefined);
      await pool.end();
    },
  };
}
