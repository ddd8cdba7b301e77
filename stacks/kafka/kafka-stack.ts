import { SERVICES, VOLUMES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { DEAD_LETTER_BATCH_BYTES, deadLetterTopic, TOPIC } from "@gifticon/contract/facts/queue.ts";
import { INTERNAL_LISTENER } from "../broker.ts";
import { ON_KAFKA_HOST } from "../placement.ts";
import { hardened, limits, PIDS, rolling, scratch, type Compose, type ComposeService } from "../compose.ts";
import type { KafkaMemory } from "./memory.ts";
import { KAFKA_DATA, ZOOKEEPER_DATA, ZOOKEEPER_SESSION_MS } from "./properties.ts";

/** Values of Kafka's stack. */
export interface KafkaStackArgs {
  /** Image by digest. It contains Kafka and ZooKeeper, as the distribution has both. */
  image: string;
  network: string;
  memory: KafkaMemory;
  partitions: number;
  /** Names of the Docker configs with the properties. */
  configs: { kafka: string; zookeeper: string };
  /** Id of the node with the volumes. On another node the topics are created again. */
  nodeId: string;
  /** Last repair of the stack. A new one makes the job declare the topics again. */
  repair: string;
}

/** Kafka and ZooKeeper on the host with their label, and a job that declares the topics. */
export function kafkaStack(args: KafkaStackArgs): Compose {
  const { network, configs } = args;
  return {
    services: {
      [SERVICES.zookeeper]: zookeeperService(args),
      [SERVICES.broker]: brokerService(args),
      [SERVICES.topics]: topicsJob(args),
    },
    networks: { [network]: { external: true } },
    volumes: { [VOLUMES.broker]: {}, [VOLUMES.zookeeper]: {} },
    configs: {
      kafka: { external: true, name: configs.kafka },
      zookeeper: { external: true, name: configs.zookeeper },
    },
  };
}

const common = (image: string) => ({ image, user: "1000:1000", ...hardened });
const placement = { constraints: ON_KAFKA_HOST };
const deploy = {
  mode: "replicated",
  replicas: 1,
  endpoint_mode: "dnsrr",
  placement,
  // Two brokers, or two ZooKeepers, must never share a volume.
  ...rolling("stop-first"),
} as const;

function zookeeperService({ image, network, memory }: KafkaStackArgs): ComposeService {
  return {
    ...common(image),
    command: ["run-zookeeper"],
    hostname: SERVICES.zookeeper,
    environment: { HEAP_MIB: memory.zookeeper.heap },
    healthcheck: healthcheck("zookeeper"),
    stop_grace_period: "30s",
    networks: { [network]: { aliases: [SERVICES.zookeeper] } },
    volumes: [{ type: "volume", source: VOLUMES.zookeeper, target: ZOOKEEPER_DATA }, scratch(64)],
    configs: [{ source: "zookeeper", target: "/etc/zookeeper.properties" }],
    deploy: {
      ...deploy,
      restart_policy: { condition: "any", delay: "2s" },
      resources: limits(memory.zookeeper.limit, PIDS.java),
    },
  };
}

function brokerService({ image, network, memory }: KafkaStackArgs): ComposeService {
  return {
    ...common(image),
    command: ["run-kafka"],
    hostname: SERVICES.broker,
    environment: { HEAP_MIB: memory.kafka.heap },
    healthcheck: healthcheck("kafka"),
    // After a clean stop, the next start doesn't check all segments.
    stop_grace_period: "60s",
    networks: { [network]: { aliases: [SERVICES.broker] } },
    ports: [{ target: PORTS.brokerExternal, published: PORTS.brokerExternal, protocol: "tcp", mode: "host" }],
    volumes: [{ type: "volume", source: VOLUMES.broker, target: KAFKA_DATA }, scratch(64)],
    configs: [{ source: "kafka", target: "/etc/kafka.properties" }],
    deploy: {
      ...deploy,
      restart_policy: { condition: "any", delay: `${ZOOKEEPER_SESSION_MS / 1000 + 2}s` },
      resources: limits(memory.kafka.limit, PIDS.java),
    },
  };
}

/** Returns the job that declares the topics. */
function topicsJob({ image, network, partitions, nodeId, repair }: KafkaStackArgs): ComposeService {
  return {
    ...common(image),
    command: [
      "declare-topics",
      `${TOPIC}:${partitions}`,
      `${deadLetterTopic(TOPIC)}:1:max.message.bytes=${DEAD_LETTER_BATCH_BYTES}`,
    ],
    environment: { BOOTSTRAP_SERVERS: INTERNAL_LISTENER, KAFKA_NODE: nodeId, REPAIR: repair },
    stop_grace_period: "10s",
    networks: { [network]: { aliases: [SERVICES.topics] } },
    volumes: [scratch(64)],
    deploy: {
      mode: "replicated-job",
      replicas: 1,
      endpoint_mode: "dnsrr",
      placement,
      restart_policy: { condition: "on-failure", delay: "3s", max_attempts: 5 },
      resources: limits(384, PIDS.java),
    },
  };
}

function healthcheck(server: "kafka" | "zookeeper"): ComposeService["healthcheck"] {
  return {
    test: ["CMD", "check-health", server],
    interval: "10s",
    timeout: "5s",
    retries: 3,
    start_period: "90s",
    start_interval: "1s",
  };
}
