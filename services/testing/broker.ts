import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { createProducer } from "@gifticon/kafka/client.ts";
import { readLag } from "@gifticon/kafka/lag.ts";
import { readTopic } from "@gifticon/kafka/read-topic.ts";
import type { TopicRecord } from "../../operate/reconciliation.ts";
import kafkajs, { CompressionTypes, Kafka, logLevel, type Message } from "kafkajs";
import { registerCodecs } from "@gifticon/kafka/consumer/compression.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { freePort, runContainer, type Container } from "./containers.ts";
import { buildKafkaImage, runFlags } from "./kafka-image.ts";
import { brokerProperties, zookeeperProperties } from "../../stacks/kafka/properties.ts";

/** Kafka with ZooKeeper, as the stack runs them, with operations for tests. */
export interface Broker extends AsyncDisposable {
  readonly bootstrapServers: string;
  createTopic: (topic: string, partitions?: number, config?: Record<string, string>) => Promise<void>;
  /** Deletes a topic and waits until nobody sees it any more. */
  deleteTopic: (topic: string) => Promise<void>;
  /** Changes a topic's settings. */
  configure: (topic: string, config: Record<string, string>) => Promise<void>;
  /** Increases a topic's partitions to this number. */
  growTopic: (topic: string, partitions: number) => Promise<void>;
  produce: (topic: string, messages: OutgoingMessage[], compression?: CompressionTypes) => Promise<void>;
  /** Returns all records of the topic. */
  readAll: (topic: string) => Promise<TopicRecord[]>;
  /** Returns the number of records that the group hasn't committed. */
  lag: (topic: string, groupId: string) => Promise<number>;
  /** Runs a command in the broker's container. Returns its standard output. */
  exec: (...command: string[]) => Promise<string>;
  stop: () => Promise<void>;
  /** Freezes the broker: connections stay open, but nothing answers. */
  pause: () => Promise<void>;
  unpause: () => Promise<void>;
  /** Starts the stopped broker and waits until it answers. */
  start: () => Promise<void>;
}

/**
 * Starts the broker with the stack's image, rights and mounts, and waits until it answers.
 */
export async function startBroker(): Promise<Broker> {
  const [image, folder] = await Promise.all([buildKafkaImage(), mkdtemp(join(tmpdir(), "broker-"))]);
  // The port is chosen last, because another process may take it.
  const port = await freePort();
  const run = async (server: "kafka" | "zookeeper", text: string, ...options: string[]) => {
    const file = join(folder, server);
    await writeFile(file, text, { mode: 0o644 });
    const mount = `type=bind,readonly,source=${file},destination=/etc/${server}.properties`;
    return runContainer([...runFlags(server), "--mount", mount, ...options], image, [`run-${server}`]);
  };
  const zookeeper = await run(
    "zookeeper",
    zookeeperProperties(),
    "--publish",
    `127.0.0.1:${port}:${PORTS.brokerExternal}`,
  );
  // The broker shares ZooKeeper's network namespace, so that both have one published port and the
  // broker can restart alone.
  const kafka = await run("kafka", propertiesOf(port), "--network", `container:${zookeeper.id}`);
  const remove = () => rm(folder, { recursive: true });
  const broker = brokerOf(kafka, zookeeper, `127.0.0.1:${port}`, remove);
  await broker.start();
  return broker;
}

/** Returns the properties of the stack's broker with the test's addresses. */
function propertiesOf(port: number): string {
  const here: Record<string, string> = {
    "zookeeper.connect": `127.0.0.1:${PORTS.zookeeper}`,
    // The broker connects to itself inside its container. The tests connect from outside.
    listeners: `INTERNAL://127.0.0.1:${PORTS.brokerInternal},EXTERNAL://0.0.0.0:${PORTS.brokerExternal}`,
    "advertised.listeners": `INTERNAL://127.0.0.1:${PORTS.brokerInternal},EXTERNAL://127.0.0.1:${port}`,
    "transaction.state.log.num.partitions": "1",
  };
  const names = Object.keys(here);
  const others = brokerProperties({ externalAddress: "127.0.0.1", retentionHours: 168 })
    .split("\n")
    .filter((line) => !names.some((name) => line.startsWith(`${name}=`)));
  return [...names.map((name) => `${name}=${here[name] ?? ""}`), ...others].join("\n");
}

function entriesOf(config: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}

type WithAdmin = <T>(work: (admin: ReturnType<Kafka["admin"]>) => Promise<T>) => Promise<T>;

function topicsOf(withAdmin: WithAdmin): Pick<Broker, "createTopic" | "deleteTopic" | "configure" | "growTopic"> {
  return {
    createTopic: async (topic, numPartitions = 1, config = {}) => {
      const topics = [{ topic, numPartitions, configEntries: entriesOf(config) }];
      // A new broker answers before it can create topics. An existing topic counts as success, also
      // one that is being deleted, so the metadata has the last word.
      await waitUntil(`topic ${topic}`, () =>
        withAdmin(async (admin) => {
          await admin.createTopics({ waitForLeaders: true, topics });
          return (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length === numPartitions;
        }),
      );
    },
    deleteTopic: async (topic) => {
      await withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
      await waitUntil(`topic ${topic} to be gone`, () =>
        withAdmin(async (admin) => !(await admin.listTopics()).includes(topic)),
      );
    },
    configure: (name, config) =>
      withAdmin(async (admin) => {
        const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries: entriesOf(config) }];
        await admin.alterConfigs({ validateOnly: false, resources });
      }),
    growTopic: (topic, count) =>
      withAdmin(async (admin) => {
        await admin.createPartitions({ topicPartitions: [{ topic, count }] });
      }),
  };
}

function brokerOf(
  container: Container,
  zookeeper: Container,
  bootstrapServers: string,
  remove: () => Promise<void>,
): Broker {
  registerCodecs();
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING, retry: { retries: 3 } });
  const withAdmin: WithAdmin = async (work) => {
    const admin = kafka.admin();
    await admin.connect();
    return work(admin).finally(() => admin.disconnect());
  };
  return {
    bootstrapServers,
    ...topicsOf(withAdmin),
    produce: async (topic, messages, compression = CompressionTypes.None) => {
      const producer = createProducer(kafka);
      await producer.connect();
      await producer
        .send({ topic, messages: messages as Message[], acks: -1, compression })
        .finally(() => producer.disconnect());
    },
    readAll: async (topic) => {
      const records: TopicRecord[] = [];
      await readTopic(kafka, topic, ({ partition, messages }) => {
        records.push(...messages.map((message) => ({ partition, message })));
        return Promise.resolve();
      });
      return records;
    },
    lag: async (topic, groupId) => {
      const partitions = await withAdmin((admin) => readLag(admin, topic, groupId));
      return partitions.reduce((sum, { behind }) => sum + behind, 0);
    },
    exec: (...command) => container.exec(...command),
    stop: () => container.act("stop"),
    pause: () => container.act("pause"),
    unpause: () => container.act("unpause"),
    start: async () => {
      await container.act("start");
      await waitUntil("an answer of the broker", () => withAdmin((admin) => admin.listTopics().then(() => true)));
    },
    [Symbol.asyncDispose]: async () => {
      await container[Symbol.asyncDispose]();
      await zookeeper[Symbol.asyncDispose]();
      await remove();
    },
  };
}
