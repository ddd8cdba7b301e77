import { SERVICES } from "@gifticon/contract/facts/names.ts";
import type { KafkaSettings } from "@gifticon/runtime/environment.ts";
import { createKafka } from "@gifticon/kafka/client.ts";
import { readLag } from "@gifticon/kafka/lag.ts";
import { createRecordSetProducer } from "@gifticon/kafka/record-set-producer.ts";
import type { Logger } from "pino";
import type { BrokerConnection } from "./broker-link.ts";

/**
 * Creates a connection with the producer and admin of a new kafkajs client.
 *
 * @param groupId consumer group of the issuer, for the lag.
 */
export function kafkaConnection(settings: KafkaSettings, groupId: string, log: Logger): BrokerConnection {
  const kafka = createKafka(settings, SERVICES.api, log);
  const producer = createRecordSetProducer(kafka, settings.topic);
  const admin = kafka.admin();

  const probe = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [settings.topic] });
    const partitions = topics[0]?.partitions ?? [];
    if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) {
      throw new Error(`topic ${settings.topic} has a partition without a leader`);
    }
  };
  return {
    open: async () => {
      await Promise.all([producer.connect(), admin.connect()]);
      await probe();
    },
    send: producer.send,
    probe,
    readLag: () => readLag(admin, settings.topic, groupId),
    close: async () => {
      await Promise.all([producer.disconnect(), admin.disconnect()]);
    },
  };
}
