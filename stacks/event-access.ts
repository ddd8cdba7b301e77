import { DATABASE_CA_FILE } from "@gifticon/contract/facts/paths.ts";
import { CONSUMER_GROUP, TOPIC } from "@gifticon/contract/facts/queue.ts";
import type { DatabaseTarget, Login } from "../infra/components/database.ts";
import type { Settings } from "../infra/config/config.ts";
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

/** Addresses of the event's data. */
export interface EventTarget {
  /** Only in mode kafka. */
  queue?: { bootstrapServers: string; topic: string } | undefined;
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

/** Returns a task's variables, secret and mount for the database and the topic. */
export function eventAccess({ database, queue }: EventTarget) {
  const { environment, ...access } = databaseAccess(database);
  return {
    ...access,
    environment: {
      MODE: queue ? "kafka" : "direct",
      ...environment,
      ...(queue
        ? {
            KAFKA_BOOTSTRAP_SERVERS: queue.bootstrapServers,
            KAFKA_TOPIC: queue.topic,
            KAFKA_GROUP_ID: CONSUMER_GROUP,
          }
        : {}),
    },
  } satisfies Partial<ComposeService>;
}

/** Returns the database's address for tasks on the workers. */
export function databaseOf(
  { port, name }: DatabaseTarget,
  { user }: Pick<Login, "user">,
  host: string,
): DatabaseAccess {
  return { host, port, name, user, caFile: DATABASE_CA_FILE };
}

/** Returns the addresses of the event's data for tasks on the workers. */
export function eventTarget(mode: Settings["mode"], database: DatabaseAccess): EventTarget {
  return { queue: mode === "kafka" ? { bootstrapServers: INTERNAL_LISTENER, topic: TOPIC } : undefined, database };
}
