import { STOP_SECONDS } from "@gifticon/contract/facts/http.ts";
import { EXTRA_COPY_LABEL, SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
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
import { eventAccess, type EventTarget, type KafkaAccess } from "../event-access.ts";
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

/** The event's services: the API on the workers, one task a host, and in mode kafka the issuer. */
export function gifticonStack(args: GifticonStackArgs): Compose {
  const { network, api, queue } = args;
  const { environment, ...access } = eventAccess(args);
  // 1000 is the user `node` of Node's official image.
  const common = {
    user: "1000:1000",
    ...hardened,
    healthcheck: ownCheck,
    stop_grace_period: `${STOP_SECONDS}s`,
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

  const issuer: ComposeService | undefined =
    queue.mode === "direct"
      ? undefined
      : {
          ...common,
          image: queue.issuer.image,
          environment: {
            ...environment,
            DATABASE_POOL_SIZE: queue.issuer.poolSize,
            PORT: PORTS.issuer,
          },
          networks: { [network]: { aliases: [SERVICES.issuer] } },
          deploy: {
            ...onWorkers,
            replicas: 1,
            placement: { constraints: ON_WORKERS },
            // The topic's only partition has one reader. A second task would be idle.
            ...rolling("stop-first"),
            resources: memory(queue.issuer.memoryMib),
          },
        };

  return {
    services: { [SERVICES.api]: mainApi, ...(issuer ? { [SERVICES.issuer]: issuer } : {}) },
    networks: { [network]: { external: true } },
    secrets: { "database-password": { external: true, name: args.passwordSecret } },
  };
}

/**
 * Reserves half of the memory. Swarm then spreads tasks by memory too, and idle tasks still fit on
 * one host.
 */
function memory(limitMib: number): Deploy["resources"] {
  return { ...limits(limitMib, PIDS.node), reservations: { memory: `${Math.floor(limitMib / 2)}M` } };
}
