import { readFileSync } from "node:fs";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { CONSUMER_GROUP, TOPIC, TOPIC_NAME_MAX } from "@gifticon/contract/facts/queue.ts";
import { z } from "zod";

/** The database's connection settings. */
export interface DatabaseSettings {
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
  /**
   * The certificate authority (PEM) that signed the server's certificate. Undefined disables TLS.
   */
  ca: string | undefined;
  /** Maximum number of connections of one process. RDS db.t3.micro allows 81 in total. */
  poolSize: number;
}

/** The broker's connection settings. */
export interface KafkaSettings {
  brokers: string[];
  topic: string;
}

/**
 * The environment's settings are invalid. The message has a line for each, with the allowed values.
 */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly code = "ENVIRONMENT_INVALID";
}

/** Two connections for each of the agent's commands. At most two commands run at a time. */
const LOAD_TEST_CONNECTIONS = 4;

const required = z.string("is required");
const text = required.min(1, "must not be empty");

const integer = (min: number, max: number) =>
  required
    .regex(/^\d{1,16}$/, `must be an integer from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be an integer from ${min} to ${max}`);

const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, {
    error: ({ input }) => (input === undefined ? "is required" : `must be one of ${values.join(", ")}`),
  });

const fileContent = text.transform((path, context) => {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch (error) {
    context.addIssue({ code: "custom", message: `can't be read: ${(error as Error).message}` });
    return z.NEVER;
  }
});

const brokers = text
  .regex(/^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$/, "must be host:port, several separated by commas")
  .transform((list) => list.split(","));

const database = {
  LOG_LEVEL: choice(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  DATABASE_HOST: text,
  DATABASE_PORT: integer(1, 65535).default(PORTS.database),
  DATABASE_NAME: text,
  DATABASE_USER: text,
  /**
   * A file, so that neither the container's settings nor the process's environment show the
   * password.
   */
  DATABASE_PASSWORD_FILE: fileContent,
  /**
   * The certificate authority that signs the database's certificate. Required, unless DATABASE_TLS
   * is off.
   */
  DATABASE_CA_FILE: fileContent.optional(),
  /**
   * `off` is for tests on loopback. It must be set explicitly, so that a missing CA file can't
   * disable encryption.
   */
  DATABASE_TLS: choice(["on", "off"]).default("on"),
  DATABASE_POOL_SIZE: integer(1, 1000).default(10),
};

const shared = {
  ...database,
  /** Path of requests: through Kafka, or directly to the database. */
  MODE: choice(["kafka", "direct"]),
  KAFKA_BOOTSTRAP_SERVERS: brokers.optional(),
  KAFKA_TOPIC: text
    .regex(/^[a-zA-Z0-9._-]+$/, "may hold letters, digits, dots, underscores and hyphens")
    .max(TOPIC_NAME_MAX, `must have at most ${TOPIC_NAME_MAX} characters`)
    .default(TOPIC),
  /** The issuer's consumer group. main-api reads its lag. */
  KAFKA_GROUP_ID: text.max(249).default(CONSUMER_GROUP),
};

const mainApi = z
  .object({
    ...shared,
    PORT: integer(0, 65535).default(PORTS.api),
    /**
     * Maximum number of requests that one process holds. It rejects any more. The default depends
     * on the mode.
     */
    MAX_PENDING: integer(1, 1_000_000).optional(),
  })
  .check(checkTogether);
const issuer = z
  .object({ ...shared, PORT: integer(0, 65535).default(PORTS.issuer) })
  .check(checkTogether)
  .refine(({ MODE }) => MODE === "kafka", {
    path: ["MODE"],
    error: "must be kafka: in direct mode main-api issues by itself and no issuer runs",
  });

const migration = z
  .object({
    ...database,
    /** Total number of gifticons of the event. */
    EVENT_STOCK: integer(0, Number.MAX_SAFE_INTEGER),
    SERVICE_USER: text,
    SERVICE_PASSWORD_FILE: fileContent,
    /** Maximum number of connections of all services together. */
    SERVICE_CONNECTIONS: integer(1, 1000),
    LOAD_TEST_USER: text,
    /** Set only with a load test. */
    LOAD_TEST_PASSWORD_FILE: fileContent.optional(),
  })
  .check(checkTls);

type Environment = Record<string, string | undefined>;

/** The settings of the gifticon issuer. */
export type IssuerSettings = ReturnType<typeof readIssuerSettings>;

/**
 * Reads main-api's settings from its environment.
 *
 * @throws EnvironmentError that names each wrong variable, its value and the allowed values.
 */
export function readMainApiSettings(environment: Environment) {
  const values = parse(mainApi, environment);
  return { ...sharedSettings(values), mode: values.MODE, port: values.PORT, maxPending: values.MAX_PENDING };
}

/**
 * Reads the issuer's settings from its environment.
 *
 * @throws EnvironmentError that names each wrong variable, its value and the allowed values.
 */
export function readIssuerSettings(environment: Environment) {
  const values = parse(issuer, environment);
  return { ...sharedSettings(values), port: values.PORT };
}

/**
 * Reads the settings of the migrations from their environment. Their connection is that of the
 * database's owner.
 *
 * @throws EnvironmentError that names each wrong variable, its value and the allowed values.
 */
export function readMigrationSettings(environment: Environment) {
  const values = parse(migration, environment);
  return {
    logLevel: values.LOG_LEVEL,
    database: databaseSettings(values),
    declared: {
      eventStock: values.EVENT_STOCK,
      roles: {
        service: {
          user: values.SERVICE_USER,
          password: values.SERVICE_PASSWORD_FILE,
          connections: values.SERVICE_CONNECTIONS,
        },
        loadTest: {
          user: values.LOAD_TEST_USER,
          password: values.LOAD_TEST_PASSWORD_FILE,
          connections: LOAD_TEST_CONNECTIONS,
        },
      },
    },
  };
}

type Database = z.output<z.ZodObject<typeof database>>;
type Shared = z.output<z.ZodObject<typeof shared>>;

function databaseSettings(values: Database): DatabaseSettings {
  return {
    host: values.DATABASE_HOST,
    port: values.DATABASE_PORT,
    name: values.DATABASE_NAME,
    user: values.DATABASE_USER,
    password: values.DATABASE_PASSWORD_FILE,
    ca: values.DATABASE_TLS === "on" ? values.DATABASE_CA_FILE : undefined,
    poolSize: values.DATABASE_POOL_SIZE,
  };
}

function sharedSettings(values: Shared) {
  const kafka: KafkaSettings = { brokers: values.KAFKA_BOOTSTRAP_SERVERS ?? [], topic: values.KAFKA_TOPIC };
  return {
    logLevel: values.LOG_LEVEL,
    groupId: values.KAFKA_GROUP_ID,
    database: databaseSettings(values),
    kafka,
  };
}

function checkTogether(context: z.core.ParsePayload<Shared>): void {
  checkTls(context);
  const { value, issues } = context;
  if (value.MODE === "kafka" && value.KAFKA_BOOTSTRAP_SERVERS === undefined) {
    issues.push(missing("KAFKA_BOOTSTRAP_SERVERS", "is required with MODE=kafka"));
  }
}

function checkTls({ value, issues }: z.core.ParsePayload<Database>): void {
  if (value.DATABASE_TLS === "on" && value.DATABASE_CA_FILE === undefined) {
    issues.push(missing("DATABASE_CA_FILE", "is required, unless DATABASE_TLS=off (tests on loopback only)"));
  }
}

function missing(key: string, message: string): z.core.$ZodRawIssue {
  return { code: "custom", path: [key], message, input: undefined };
}

function parse<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.output<Schema> {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;

  const lines = result.error.issues.map(({ path, message }) => {
    const key = path.join(".");
    const value = environment[key];
    return value === undefined ? `  ${key} ${message}` : `  ${key}=${JSON.stringify(value)} ${message}`;
  });
  throw new EnvironmentError(`The environment is not usable:\n${lines.join("\n")}`);
}
