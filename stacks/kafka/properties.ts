import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { INTERNAL_LISTENER } from "../broker.ts";

/** Data folders of the images, each in a named volume. */
export const KAFKA_DATA = "/var/lib/kafka/data";
export const ZOOKEEPER_DATA = "/var/lib/zookeeper";

/**
 * Session timeout of ZooKeeper, in milliseconds. A broker that restarts sooner finds its own id
 * registered and stops, so the service's restart delay is longer.
 */
export const ZOOKEEPER_SESSION_MS = 6000;

/** Values of the broker's properties. */
export interface BrokerSettings {
  /** Private address of its host, advertised to clients of the EXTERNAL listener. */
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
    // Topics are declared, so an unknown name is an error.
    "auto.create.topics.enable": false,
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    // There is one consumer group with one member. Kafka's default of 50 partitions lengthens the
    // start.
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    // An open transaction holds back every record behind it, because the issuer reads only
    // committed ones. Kafka's default is 15 minutes; its clients' default is a minute.
    "transaction.max.timeout.ms": 60_000,
    "min.insync.replicas": 1,
    "log.retention.hours": retentionHours,
    // An offset that expired before its record would make the issuer read old records again.
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
    // The health check, and a broker that starts (run-kafka), use these commands.
    "4lw.commands.whitelist": "ruok,dump",
  });
}

function properties(values: Record<string, string | number | boolean>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join("");
}
