import { LOAD_AGENT } from "@gifticon/contract/facts/names.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import type { readMainApiSettings } from "@gifticon/runtime/environment.ts";
import { createKafka } from "@gifticon/kafka/client.ts";
import { readLag } from "@gifticon/kafka/lag.ts";
import { readTopicId } from "@gifticon/kafka/topic-ids.ts";
import { createLog } from "@gifticon/runtime/log.ts";
import type { Admin, Kafka } from "kafkajs";
import type { Pool } from "pg";
import type { StartOffset } from "./protocol.ts";

/** Connections of the agent to the event. */
export interface Event extends AsyncDisposable {
  readonly pool: Pool;
  /** Undefined in mode direct. */
  readonly queue: Queue | undefined;
}

/** The topic and its consumer group. */
export interface Queue {
  readonly topic: string;
  readonly kafka: Kafka;
  /** Returns the number of records that the group hasn't committed, over all partitions. */
  lag: () => Promise<number>;
  /** Returns the end offset of each partition of a topic. */
  ends: (topic: string) => Promise<StartOffset[]>;
}

/** Opens the event. It connects at the first request. */
export function openEvent({ mode, database, kafka, groupId }: ReturnType<typeof readMainApiSettings>): Event {
  // The agent's standard output holds its answer, so it must not log there.
  const log = createLog(LOAD_AGENT, "silent");
  const pool = createPool(database, LOAD_AGENT, log);
  const client = createKafka(kafka, LOAD_AGENT, log);
  let admin: Promise<Admin> | undefined;
  // A client that could not connect is not used again: it may never connect (tulios/kafkajs#919).
  const connected = () =>
    (admin ??= connect(client).catch((error: unknown) => {
      admin = undefined;
      throw error;
    }));
  return {
    pool,
    queue:
      mode === "kafka"
        ? {
            topic: kafka.topic,
            kafka: client,
            lag: async () => {
              const partitions = await readLag(await connected(), kafka.topic, groupId);
              return partitions.reduce((sum, { behind }) => sum + behind, 0);
            },
            ends: async (topic) => {
              const one = await connected();
              const topicId = await readTopicId(one, topic);
              const ends = await one.fetchTopicOffsets(topic);
              return ends.map(({ partition, high }) => ({ partition, offset: high, topicId }));
            },
          }
        : undefined,
    [Symbol.asyncDispose]: async () => {
      await admin?.then((one) => one.disconnect()).catch(() => undefined);
      await pool.end();
    },
  };
}

async function connect(client: Kafka): Promise<Admin> {
  const admin = client.admin();
  await admin.connect();
  return admin;
}
