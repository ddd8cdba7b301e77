import {
  hardened,
  limits,
  ownCheck,
  PIDS,
  rolling,
  scratch,
  type Compose,
  type ComposeService,
  type Deploy,
} from "../compose.ts";

/** Where the database is, and as whom a task logs in. */
export interface DatabaseAccess {
  host: string;
  port: number;
  name: string;
  user: string;
  /** Where the hosts keep its certificate authorities. */
  caFile: string;
}

/** Where the event's data is. */
export interface EventTarget {
  /** Only in mode kafka. */
  queue?: { bootstrapServers: string; topic: string } | undefined;
  database: DatabaseAccess;
}

/** What each service of the event is told besides its own. */
export interface GifticonStackArgs extends EventTarget {
  network: string;
  /** Workers beyond the API's copies: with one, an update starts the new copy before it stops an old one. */
  spareWorkers: number;
  api: {
    image: string;
    replicas: number;
    memoryMib: number;
    poolSize: number;
    port: number;
    /** Seconds until the load balancer counts on a new copy that is healthy. */
    countedOnAfter: number;
  };
  /** Only in mode kafka. */
  queue?:
    | {
        bootstrapServers: string;
        topic: string;
        issuer: { image: string; memoryMib: number; poolSize: number };
      }
    | undefined;
  /** Name of the Docker secret. */
  passwordSecret: string;
}

/** The group that the issuer reads as. */
const CONSUMER_GROUP = "group_1";
const CA_IN_TASK = "/etc/database-ca.pem";

/** What a task is given to reach the database: the variables of the contract, the password, and the certificates. */
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

/** The same for the database and the topic. */
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

/** Where the event's tasks may run: on a worker that has no other purpose. */
export const ON_WORKERS = [
  "node.role == worker",
  "node.labels.kafka_server != true",
  "node.labels.load_generator != true",
];

/** The event's services: the API on the workers, one copy a host, and in mode kafka the issuer. */
export function gifticonStack(args: GifticonStackArgs): Compose {
  const { network, api, queue } = args;
  const { environment, ...access } = eventAccess(args);
  // 1000 is the user `node` of Node's official image.
  const common = {
    user: "1000:1000",
    ...hardened,
    healthcheck: ownCheck,
    stop_grace_period: "30s",
    ...access,
  } satisfies Partial<ComposeService>;
  const onWorkers = {
    mode: "replicated",
    endpoint_mode: "dnsrr",
    restart_policy: { condition: "any", delay: "2s" },
  } satisfies Partial<Deploy>;

  const mainApi: ComposeService = {
    ...common,
    image: api.image,
    environment: { ...environment, DATABASE_POOL_SIZE: api.poolSize, PORT: api.port },
    networks: { [network]: { aliases: ["main-api"] } },
    ports: [{ target: api.port, published: api.port, protocol: "tcp", mode: "host" }],
    deploy: {
      ...onWorkers,
      replicas: api.replicas,
      placement: { constraints: ON_WORKERS, max_replicas_per_node: 1 },
      ...rolling(args.spareWorkers > 0 ? "start-first" : "stop-first"),
      // Before a host with a copy goes, there is one more elsewhere: infra/host/swarm-retire.sh.
      labels: { "gifticon-event.extra-copy-seconds": String(api.countedOnAfter) },
      resources: memory(api.memoryMib),
    },
  };

  const issuer = queue && {
    ...common,
    image: queue.issuer.image,
    environment: {
      ...environment,
      DATABASE_POOL_SIZE: queue.issuer.poolSize,
      PORT: 8081,
    },
    networks: { [network]: { aliases: ["gifticon-issuer"] } },
    deploy: {
      ...onWorkers,
      replicas: 1,
      placement: { constraints: ON_WORKERS },
      // The group's one partition has one reader: a second copy would only wait.
      ...rolling("stop-first"),
      resources: memory(queue.issuer.memoryMib),
    },
  };

  return {
    services: { "main-api": mainApi, ...(issuer ? { "gifticon-issuer": issuer } : {}) },
    networks: { [network]: { external: true } },
    secrets: { "database-password": { external: true, name: args.passwordSecret } },
  };
}

/** Reserves half: Swarm then spreads by memory too, and a host's other tasks still fit when both are idle. */
function memory(limitMib: number): Deploy["resources"] {
  return { ...limits(limitMib, PIDS.node), reservations: { memory: `${Math.floor(limitMib / 2)}M` } };
}
