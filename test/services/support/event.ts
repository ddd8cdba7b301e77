import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Evidence, type Findings, reconcile } from "@gifticon/contract/reconciliation.ts";
import { execa, type ResultPromise } from "execa";
import type pg from "pg";
import type { Backing } from "./backing.ts";
import { serviceMain, type ServiceProcess, startService } from "./service-process.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** One test's event: its own topic, its own database, and its services; all ends with it. */
export interface Event extends AsyncDisposable {
  readonly topic: string;
  readonly groupId: string;
  readonly pool: pg.Pool;
  /** What its services are told. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a service and waits until it is ready. */
  start: (name: "main-api" | "gifticon-issuer", settings?: Record<string, string>) => Promise<ServiceProcess>;
  /** Starts a service without waiting. */
  launch: (name: "main-api" | "gifticon-issuer", settings?: Record<string, string>) => Promise<ServiceProcess>;
  /** Runs the issuer's command `replay`, which may fail. */
  replay: (...options: string[]) => ResultPromise<{ reject: false }>;
  /** Waits until everything in the topic is consumed and committed. */
  settled: () => Promise<void>;
  /** Compares what clients were told with the topic and the database. */
  reconcile: (answers: Evidence["answers"]) => Promise<Findings>;
}

let events = 0;

/** Makes an event with so many gifticons. */
export async function createEvent({ broker, database }: Backing, stock: number, partitions = 1): Promise<Event> {
  const name = `event_${process.pid}_${++events}`;
  const [topic, groupId] = [`${name}.coupon_create`, `${name}.group_1`];
  await Promise.all([broker.createTopic(topic, partitions), database.create(name)]);
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  await writeFile(join(folder, "password"), database.password);
  await writeFile(join(folder, "ca.pem"), database.ca);
  const environment: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    MODE: "kafka",
    LOG_LEVEL: "info",
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: database.port.toString(),
    DATABASE_NAME: name,
    DATABASE_USER: "gifticon",
    DATABASE_PASSWORD_FILE: join(folder, "password"),
    DATABASE_CA_FILE: join(folder, "ca.pem"),
    DATABASE_POOL_SIZE: "4",
    EVENT_STOCK: stock.toString(),
    KAFKA_BOOTSTRAP_SERVERS: broker.bootstrapServers,
    KAFKA_TOPIC: topic,
    KAFKA_GROUP_ID: groupId,
  };
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
      await waitUntil("a lag of 0", async () => ((await broker.lag(topic, groupId)) === 0 ? true : undefined), {
        timeoutMs: 60_000,
      });
    },
    reconcile: async (answers) => reconcile({ answers, records: await broker.readAll(topic), topic, database: pool }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
      await pool.end();
      await rm(folder, { recursive: true });
    },
  };
}
