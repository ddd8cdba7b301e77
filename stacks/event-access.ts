import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { DATABASE_CA_FILE } from "@gifticon/contract/facts/paths.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Output } from "@pulumi/pulumi";
import type { Database, Login } from "../infra/components/database.ts";
import { INTERNAL_LISTENER } from "./broker.ts";
import { scratch, type ComposeService } from "./compose.ts";

/** Address of the database and the role of a task. */
export interface DatabaseAccess {
  host: string;
  port: number;
  name: string;
  user: string;
  /** File of the database's certificate authorities on the hosts. */
  caFile: string;
}

/** Address of the broker. */
export interface KafkaAccess {
  mode: "kafka";
  bootstrapServers: string;
}

/** The topic that a task works with, and the consumer group that it joins or watches. */
export interface TopicAccess {
  topic: string;
  /** A service that consumes has a group of its own. In one group, two would share the records. */
  groupId: string;
}

/** Addresses of the event's data. */
export interface EventTarget {
  queue: { mode: "direct" } | KafkaAccess;
  database: DatabaseAccess;
}

const CA_IN_TASK = "/etc/database-ca.pem";

/** Returns a task's variables, secret and mount for the database. */
export function databaseAccess({ host, port, name, user, caFile }: DatabaseAccess) {
  return {
    environment: {
      LOG_LEVEL: "info",
      DATABASE_HOST: host,
      DATABASE_PORT: port,
      DATABASE_NAME: name,
      DATABASE_USER: user,
      DATABASE_PASSWORD_FILE: "/run/secrets/database-password",
      DATABASE_CA_FILE: CA_IN_TASK,
    },
    volumes: [{ type: "bind", source: caFile, target: CA_IN_TASK, read_only: true }, scratch(16)],
    secrets: [{ source: "database-password", target: "database-password", uid: "1000", mode: 0o400 }],
  } satisfies Partial<ComposeService>;
}

/** Returns a task's variables for the database, and in mode kafka for its topic and group. */
export function eventEnvironment({ database, queue }: EventTarget, { topic, groupId }: TopicAccess) {
  return {
    MODE: queue.mode,
    ...databaseAccess(database).environment,
    ...(queue.mode === "kafka"
      ? { KAFKA_BOOTSTRAP_SERVERS: queue.bootstrapServers, KAFKA_TOPIC: topic, KAFKA_GROUP_ID: groupId }
      : {}),
  } satisfies ComposeService["environment"];
}

/** Returns the database's address for tasks on the workers. */
export function databaseOf(
  { host }: Pick<Database, "host">,
  { user }: Login,
): Omit<DatabaseAccess, "host"> & { host: Output<string> } {
  return { host, port: PORTS.database, name: DATABASE.name, user, caFile: DATABASE_CA_FILE };
}

/** Address of the broker for tasks on the workers. */
export const KAFKA_ACCESS: KafkaAccess = { mode: "kafka", bootstrapServers: INTERNAL_LISTENER };
