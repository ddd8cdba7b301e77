import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { INTERNAL_LISTENER } from "../broker.ts";

/** Where the images keep their data, each in a named volume. */
export const KAFKA_DATA = "/var/lib/kafka/data";
export const ZOOKEEPER_DATA = "/var/lib/zookeeper";

/**
 * How long ZooKeeper keeps the broker's registration when the broker is gone. A broker that comes back sooner finds its own id taken and stops; so
 * the service waits longer than this before it restarts it.
 */
export const ZOOKEEPER_SESSION_MS = 6000;

/** What the broker's properties depend on. */
export interface BrokerSettings {
  /** Address of its host within the VPC, which it tells clients of the EXTERNAL listener. */
  externalAddress: string;
  retentionHours: number;
}

/** Renders server.properties of the one broker. */
export function brokerProperties({ externalAddress, retentionHours }: BrokerSettings): string {
  return properties({
    "broker.id": 1,
    "zookeeper.connect": `${SERVICES.zookeeper}:${PORTS.zookeeper}`,
    "zookeeper.session.timeout.ms": ZOOKEEPER_SESSION_MS,
    "log.dirs": KAFKA_DATA,
    listeners: `INTERNAL://0.0.0.0:${PORTS.brokerInternal},EXTERNAL://0.0.0.0:${PORTS.brokerExternal}`,
    "advertised.listeners": `INTERNAL://${INTERNAL_LISTENER},EXTERNAL://${externalAddress}:${PORTS.brokerExternal}`,
    "listener.security.protocol.map": "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT",
    "inter.broker.listener.name": "INTERNAL",
    // Topics are declared: a wrong name is an error and not a new topic.
    "auto.create.topics.enable": false,
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    // One consumer group of one member; Kafka's default of 50 partitions only lengthens the start.
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "min.insync.replicas": 1,
    "log.retention.hours": retentionHours,
    // An offset that is forgotten before its record would issue again what was issued long ago.
    "offsets.retention.minutes": retentionHours * 60,
    // A single consumer doesn't need to wait for others to join its group.
    "group.initial.rebalance.delay.ms": 0,
  });
}

/** Renders zoo.cfg of the one ZooKeeper. */
export function zookeeperProperties(): string {
  return properties({
    dataDir: ZOOKEEPER_DATA,
    clientPort: PORTS.zookeeper,
    tickTime: 2000,
    "admin.enableServer": false,
    "autopurge.snapRetainCount": 3,
    "autopurge.purgeInterval": 24,
    // Asked by the health check, and by a broker that starts (run-kafka).
    "4lw.commands.whitelist": "ruok,dump",
  });
}

function properties(values: Record<string, string | number | boolean>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join("");
}
