import { LOAD_AGENT, SERVICES } from "@gifticon/contract/facts/names.ts";
import { hardened, limits, ownCheck, PIDS, rolling, scratch, type Compose, type Deploy } from "../compose.ts";
import { eventAccess, type EventTarget } from "../event-access.ts";
import { ON_LOAD_GENERATOR, ON_WORKERS } from "../placement.ts";

/** What the k6 stack is told. */
export interface K6StackArgs {
  network: string;
  /** Images by digest. */
  images: { generator: string; agent: string };
  /** Memory of the generator's host, in MiB. */
  hostMib: number;
  /** What the agent looks at. */
  event: EventTarget;
  /** Name of the Docker secret. */
  passwordSecret: string;
}

/** Left to the generator's host: kernel, Docker engine, SSH. */
const HOST_MIB = 512;
/** Node reads the topic and the table in pieces: it holds tens of megabytes of them at most. */
const AGENT_MIB = 256;

/**
 * The load test with k6. Both services wait: `./run event` starts k6 and the agent's commands inside of them over SSH, as often as it likes, without a deployment. So
 * no port is published, and nothing runs between tests.
 *
 * k6 stands on the generator's host and speaks to the load balancer, as users do; the agent stands on a worker, as only those reach the database.
 */
export function k6Stack({ network, images, hostMib, event, passwordSecret }: K6StackArgs): Compose {
  const { environment, ...access } = eventAccess(event);
  const waiting = {
    mode: "replicated",
    replicas: 1,
    endpoint_mode: "dnsrr",
    restart_policy: { condition: "any", delay: "2s" },
    ...rolling("stop-first"),
  } as const satisfies Partial<Deploy>;
  return {
    services: {
      [SERVICES.generator]: {
        ...hardened,
        healthcheck: ownCheck,
        image: images.generator,
        // The user of k6's image.
        user: "12345:12345",
        stop_grace_period: "5s",
        // The host's own network: no translation of addresses between the users and the load balancer.
        networks: { host: {} },
        volumes: [scratch(1024)],
        deploy: {
          ...waiting,
          placement: { constraints: ON_LOAD_GENERATOR },
          resources: limits(Math.max(hostMib - HOST_MIB, 256), PIDS.k6),
        },
      },
      [SERVICES.agent]: {
        ...hardened,
        healthcheck: ownCheck,
        ...access,
        environment: { ...environment, DATABASE_POOL_SIZE: 2 },
        image: images.agent,
        user: "1000:1000",
        stop_grace_period: "5s",
        networks: { [network]: { aliases: [LOAD_AGENT] } },
        deploy: {
          ...waiting,
          placement: { constraints: ON_WORKERS },
          resources: limits(AGENT_MIB, PIDS.node),
        },
      },
    },
    networks: { host: { external: true }, [network]: { external: true } },
    secrets: { "database-password": { external: true, name: passwordSecret } },
  };
}
