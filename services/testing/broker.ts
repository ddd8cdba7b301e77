import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { createProducer } from "@gifticon/kafka/client.ts";
import { readTopic } from "@gifticon/kafka/read-topic.ts";
import type { TopicRecord } from "../../operate/reconciliation.ts";
import kafkajs, { CompressionTypes, Kafka, logLevel, type Message } from "kafkajs";
import { registerCodecs } from "@gifticon/gifticon-issuer/compression.ts";
import { waitUntil } from "../../operate/wait-until.ts";
import { freePort, IMAGES, runContainer, type Container } from "./containers.ts";

/** Kafka with ZooKeeper, as the stack runs them, and what a test asks of them. */
export interface Broker extends AsyncDisposable {
  readonly bootstrapServers: string;
  createTopic: (topic: string, partitions?: number, config?: Record<string, string>) => Promise<void>;
  /** Changes a topic's settings. */
  configure: (topic: string, config: Record<string, string>) => Promise<void>;
  /** Gives a topic more partitions, so many in all. */
  growTopic: (topic: string, partitions: number) => Promise<void>;
  produce: (topic: string, messages: OutgoingMessage[], compression?: CompressionTypes) => Promise<void>;
  /** Every record of the topic, from its first to its last. */
  readAll: (topic: string) => Promise<TopicRecord[]>;
  /** Records that the group hasn't committed. */
  lag: (topic: string, groupId: string) => Promise<number>;
  stop: () => Promise<void>;
  /** Freezes it: connections stay, nothing answers. */
  pause: () => Promise<void>;
  unpause: () => Promise<void>;
  /** Starts it again and waits until it answers. */
  start: () => Promise<void>;
}

const JAVA = ["java", "-Xmx256m", "-cp", "/opt/kafka/libs/*"];

/** Starts the broker and waits until it answers. */
export async function startBroker(): Promise<Broker> {
  const port = await freePort();
  const zookeeper = await runContainer(["--publish", `127.0.0.1:${port}:${PORTS.brokerExternal}`], IMAGES.kafka, [
    ...withFile("/tmp/zoo.cfg", `dataDir=/tmp/zookeeper\nclientPort=${PORTS.zookeeper}\nadmin.enableServer=false\n`),
    ...[...JAVA, "org.apache.zookeeper.server.quorum.QuorumPeerMain", "/tmp/zoo.cfg"],
  ]);
  // Shares ZooKeeper's network, so that both are one host with one published port, and the broker
  // restarts by itself.
  const kafka = await runContainer(["--network", `container:${zookeeper.id}`], IMAGES.kafka, [
    ...withFile("/tmp/server.properties", brokerProperties(port)),
    ...[...JAVA, "kafka.Kafka", "/tmp/server.properties"],
  ]);
  const broker = brokerOf(kafka, zookeeper, `127.0.0.1:${port}`);
  await broker.start();
  return broker;
}

/** A command that writes a file and becomes the command that follows. */
function withFile(path: string, content: string): string[] {
  return ["bash", "-c", 'printf %s "$2" > "$1"; shift 2; exec "$@"', "bash", path, content];
}

function brokerProperties(port: number): string {
  return [
    "broker.id=1",
    `zookeeper.connect=127.0.0.1:${PORTS.zookeeper}`,
    "zookeeper.session.timeout.ms=6000",
    "log.dirs=/var/lib/kafka/data",
    // The broker is a client of itself, inside its container; the tests come from outside.
    `listeners=INSIDE://127.0.0.1:${PORTS.brokerInternal},OUTSIDE://0.0.0.0:${PORTS.brokerExternal}`,
    `advertised.listeners=INSIDE://127.0.0.1:${PORTS.brokerInternal},OUTSIDE://127.0.0.1:${port}`,
    "listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
    "inter.broker.listener.name=INSIDE",
    "auto.create.topics.enable=false",
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=1",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
    "transaction.state.log.num.partitions=1",
    "group.initial.rebalance.delay.ms=0",
    "",
  ].join("\n");
}

function entriesOf(config: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}

function brokerOf(container: Container, zookeeper: Container, bootstrapServers: string): Broker {
  registerCodecs();
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING, retry: { retries: 3 } });
  const withAdmin = async <T>(work: (admin: ReturnType<Kafka["admin"]>) => Promise<T>) => {
    const admin = kafka.admin();
    await admin.connect();
    return work(admin).finally(() => admin.disconnect());
  };
  return {
    bootstrapServers,
    createTopic: async (topic, numPartitions = 1, config = {}) => {
      const topics = [{ topic, numPartitions, configEntries: entriesOf(config) }];
      // A broker that was just started answers before it can do this; a topic that exists already
      // is a success.
      await waitUntil(`topic ${topic}`, async () => {
        await withAdmin((admin) => admin.createTopics({ waitForLeaders: true, topics }));
        return true;
      });
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
    lag: (topic, groupId) =>
      withAdmin(async (admin) => {
        const ends = await admin.fetchTopicOffsets(topic);
        const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
        return ends.reduce((sum, { partition, high }) => {
          const offset = group?.partitions.find((entry) => entry.partition === partition)?.offset ?? "-1";
          return sum + Number(high) - Math.max(0, Number(offset));
        }, 0);
      }),
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
    },
  };
}
