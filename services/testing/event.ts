import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONSUMER_GROUP, TOPIC } from "@gifticon/contract/facts/queue.ts";
import { prepareDatabase } from "@gifticon/event-database/migrate.ts";
import { readMigrationSettings } from "@gifticon/runtime/environment.ts";
import { type Evidence, type Reconciliation, reconcile } from "../../operate/reconciliation.ts";
import { execa, type ResultPromise } from "execa";
import type pg from "pg";
import type { Backing } from "./backing.ts";
import { serviceMain, type ServiceProcess, startService } from "./service-process.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";

/** An event with a separate topic, database and services. Disposal removes all of them. */
export interface Event extends AsyncDisposable {
  readonly topic: string;
  readonly groupId: string;
  /** Pool of the database's owner. */
  readonly pool: pg.Pool;
  /** Environment variables of its services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Environment variables of its migrations. */
  readonly migration: Readonly<Record<string, string>>;
  /** Starts a service and waits until it is ready. */
  start: (name: "main-api" | "gifticon-issuer", settings?: Record<string, string>) => Promise<ServiceProcess>;
  /** Starts a service without waiting. */
  launch: (name: "main-api" | "gifticon-issuer", settings?: Record<string, string>) => Promise<ServiceProcess>;
  /** Runs the issuer's command `replay`. It doesn't reject on failure. */
  replay: (...options: string[]) => ResultPromise<{ reject: false }>;
  /** Waits until all records of the topic are consumed and committed. */
  settled: () => Promise<void>;
  /** Compares the clients' answers with the topic and the database. */
  reconcile: (answers: Evidence["answers"]) => Promise<Reconciliation>;
}

let events = 0;

/**
 * Creates an event with a stock of gifticons. Its services use their own database role, as on the
 * Swarm.
 */
export async function createEvent(backing: Backing, stock: number, partitions = 1): Promise<Event> {
  const event = await createUnpreparedEvent(backing, stock, partitions);
  await prepareDatabase(event.pool, readMigrationSettings(event.migration).declared);
  return event;
}

/** Creates an event without running its migrations. */
export async function createUnpreparedEvent(
  { broker, database }: Backing,
  stock: number,
  partitions = 1,
): Promise<Event> {
  const name = `event_${process.pid}_${++events}`;
  const [topic, groupId] = [`${name}.${TOPIC}`, `${name}.${CONSUMER_GROUP}`];
  await Promise.all([broker.createTopic(topic, partitions), database.create(name)]);
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const { migration, environment } = await settingsOf({ name, topic, groupId, folder, stock }, { broker, database });
  const pool = database.connect(name);
  const processes: ServiceProcess[] = [];
  const launch: Event["launch"] = async (service, settings = {}) => {
    const process = await startService(service, { ...environment, ...settings });
    processes.push(process);
    return process;
  };
  return {
    topic,
    groupId,
    pool,
    environment,
    migration,
    launch,
    start: async (service, settings) => {
      const process = await launch(service, settings);
      await process.ready();
      return process;
    },
    replay: (...options) =>
      execa("node", [serviceMain("gifticon-issuer"), "replay", ...options], {
        env: environment,
        extendEnv: false,
        reject: false,
      }),
    settled: async () => {
      await waitUntil("a lag of 0", async () => (await broker.lag(topic, groupId)) === 0);
    },
    reconcile: async (answers) => reconcile({ answers, records: await broker.readAll(topic), topic, database: pool }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
      await pool.end();
      await rm(folder, { recursive: true });
    },
  };
}

interface EventNames {
  /** Name of its database, and prefix of its roles. */
  name: string;
  topic: string;
  groupId: string;
  /** Folder for the files that its settings name. */
  folder: string;
  stock: number;
}

/**
 * Returns the variables of the migrations and of the services, and writes the files that they name.
 */
async function settingsOf(
  { name, topic, groupId, folder, stock }: EventNames,
  { broker, database }: Pick<Backing, "broker" | "database">,
): Promise<Pick<Event, "migration" | "environment">> {
  const file = async (file: string, content: string) => {
    await writeFile(join(folder, file), content);
    return join(folder, file);
  };
  const service = { user: `${name}_service`, password: await file("service-password", `${name}-for-tests-only`) };
  const common = {
    PATH: process.env["PATH"] ?? "",
    LOG_LEVEL: "info",
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: database.port.toString(),
    DATABASE_NAME: name,
    DATABASE_CA_FILE: await file("ca.pem", database.ca),
  };
  const migration = {
    ...common,
    DATABASE_USER: "gifticon",
    DATABASE_PASSWORD_FILE: await file("owner-password", database.password),
    EVENT_STOCK: stock.toString(),
    SERVICE_USER: service.user,
    SERVICE_PASSWORD_FILE: service.password,
    SERVICE_CONNECTIONS: "72",
    LOAD_TEST_USER: `${name}_load_test`,
  };
  const environment = {
    ...common,
    MODE: "kafka",
    DATABASE_USER: service.user,
    DATABASE_PASSWORD_FILE: service.password,
    DATABASE_POOL_SIZE: "4",
    KAFKA_BOOTSTRAP_SERVERS: broker.bootstrapServers,
    KAFKA_TOPIC: topic,
    KAFKA_GROUP_ID: groupId,
  };
  return { migration, environment };
}
