import { LOAD_AGENT, SERVICES } from "@gifticon/contract/facts/names.ts";
import { CONSUMER_GROUP, TOPIC } from "@gifticon/contract/facts/queue.ts";
import { hardened, limits, ownCheck, PIDS, rolling, scratch, type Compose, type Deploy } from "../compose.ts";
import { databaseAccess, eventEnvironment, type EventTarget } from "../event-access.ts";
import { ON_LOAD_GENERATOR, ON_WORKERS } from "../placement.ts";

/** Values of the k6 stack. */
export interface K6StackArgs {
  network: string;
  /** Images by digest. */
  images: { generator: string; agent: string };
  /** Memory of the generator's host, in MiB. */
  hostMib: number;
  /** Addresses of the data that the agent observes. */
  event: EventTarget;
  /** Name of the Docker secret. */
  passwordSecret: string;
}

/** Memory of the host itself: kernel, Docker engine, SSH. */
const HOST_MIB = 512;
/** The agent reads the topic and the table in pieces of tens of megabytes at most. */
const AGENT_MIB = 256;

/**
 * Returns the stack of a load test with k6. Its two services are idle containers. `./run event`
 * runs k6 and the agent's commands in them over SSH, so no port is published, and nothing runs
 * between tests.
 *
 * k6 runs on the generator's host and calls the load balancer as users do. The agent runs on a
 * worker, as only workers reach the database.
 */
export function k6Stack({ network, images, hostMib, event, passwordSecret }: K6StackArgs): Compose {
  const { volumes, secrets } = databaseAccess(event.database);
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
        // The host's network avoids address translation between the users and the load balancer.
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
        ...{ volumes, secrets },
        // The agent reads the topic, and watches the issuer's group.
        environment: { ...eventEnvironment(event, { topic: TOPIC, groupId: CONSUMER_GROUP }), DATABASE_POOL_SIZE: 2 },
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
