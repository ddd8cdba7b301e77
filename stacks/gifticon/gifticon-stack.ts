import { STOP_SECONDS } from "@gifticon/contract/facts/http.ts";
import { EXTRA_COPY_LABEL, SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { CONSUMER_GROUP, TOPIC } from "@gifticon/contract/facts/queue.ts";
import {
  hardened,
  limits,
  ownCheck,
  PIDS,
  rolling,
  type Compose,
  type ComposeService,
  type Deploy,
} from "../compose.ts";
import { databaseAccess, eventEnvironment, type EventTarget, type KafkaAccess } from "../event-access.ts";
import { ON_WORKERS } from "../placement.ts";

/** Values of the event's services. */
export interface GifticonStackArgs extends EventTarget {
  network: string;
  /**
   * Number of workers without a task of the API. With at least one, an update starts a new task
   * before it stops an old one.
   */
  spareWorkers: number;
  api: {
    image: string;
    replicas: number;
    memoryMib: number;
    poolSize: number;
    port: number;
    /** Seconds until the load balancer sends requests to a new healthy task. */
    newTargetSeconds: number;
  };
  queue: { mode: "direct" } | (KafkaAccess & { issuer: { image: string; memoryMib: number; poolSize: number } });
  /** Name of the Docker secret. */
  passwordSecret: string;
}

/** Values of the issuer. */
type IssuerArgs = Extract<GifticonStackArgs["queue"], { mode: "kafka" }>["issuer"];

/** The event's services: the API on the workers, one task a host, and in mode kafka the issuer. */
export function gifticonStack(args: GifticonStackArgs): Compose {
  const { network, queue, passwordSecret } = args;
  return {
    services: {
      [SERVICES.api]: apiService(args),
      ...(queue.mode === "kafka" && { [SERVICES.issuer]: issuerService(args, queue.issuer) }),
    },
    networks: { [network]: { external: true } },
    secrets: { "database-password": { external: true, name: passwordSecret } },
  };
}

/** Returns what the services have in common. 1000 is the user `node` of Node's official image. */
function common({ database }: GifticonStackArgs) {
  const { volumes, secrets } = databaseAccess(database);
  return {
    user: "1000:1000",
    ...hardened,
    healthcheck: ownCheck,
    stop_grace_period: `${STOP_SECONDS}s`,
    ...{ volumes, secrets },
  } satisfies Partial<ComposeService>;
}

const onWorkers = {
  mode: "replicated",
  endpoint_mode: "dnsrr",
  restart_policy: { condition: "any", delay: "2s" },
} satisfies Partial<Deploy>;

/** Returns the API. It writes to the topic, and watches the issuer's group. */
function apiService(args: GifticonStackArgs): ComposeService {
  const { network, api } = args;
  return {
    ...common(args),
    image: api.image,
    environment: {
      ...eventEnvironment(args, { topic: TOPIC, groupId: CONSUMER_GROUP }),
      DATABASE_POOL_SIZE: api.poolSize,
      PORT: api.port,
    },
    networks: { [network]: { aliases: [SERVICES.api] } },
    ports: [{ target: api.port, published: api.port, protocol: "tcp", mode: "host" }],
    deploy: {
      ...onWorkers,
      replicas: api.replicas,
      placement: { constraints: ON_WORKERS, max_replicas_per_node: 1 },
      ...rolling(args.spareWorkers > 0 ? "start-first" : "stop-first"),
      // swarm-retire.sh reads this label. It starts an extra task before it removes a host with
      // one.
      labels: { [EXTRA_COPY_LABEL]: String(api.newTargetSeconds) },
      resources: memory(api.memoryMib),
    },
  };
}

/** Returns the issuer. It consumes the topic as the only service of its group. */
function issuerService(args: GifticonStackArgs, { image, poolSize, memoryMib }: IssuerArgs): ComposeService {
  return {
    ...common(args),
    image,
    environment: {
      ...eventEnvironment(args, { topic: TOPIC, groupId: CONSUMER_GROUP }),
      DATABASE_POOL_SIZE: poolSize,
      PORT: PORTS.issuer,
    },
    networks: { [args.network]: { aliases: [SERVICES.issuer] } },
    deploy: {
      ...onWorkers,
      replicas: 1,
      placement: { constraints: ON_WORKERS },
      // The topic's only partition has one reader. A second task would be idle.
      ...rolling("stop-first"),
      resources: memory(memoryMib),
    },
  };
}

/**
 * Reserves half of the memory. Swarm then spreads tasks by memory too, and idle tasks still fit on
 * one host.
 */
function memory(limitMib: number): Deploy["resources"] {
  return { ...limits(limitMib, PIDS.node), reservations: { memory: `${Math.floor(limitMib / 2)}M` } };
}
