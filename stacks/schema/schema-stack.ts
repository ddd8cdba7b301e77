import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { hardened, limits, PIDS, type Compose } from "../compose.ts";
import { databaseAccess, type DatabaseAccess } from "../event-access.ts";
import { ON_WORKERS } from "../placement.ts";

/** Values of the migration job. */
export interface SchemaStackArgs {
  network: string;
  /** The API's image by digest. It contains the migrations of its version. */
  image: string;
  /** Address of the database, with its owner's role. */
  database: DatabaseAccess;
  /** Number of gifticons. */
  stock: number;
  /** Role of the services and its maximum number of connections. */
  service: { user: string; connections: number };
  /** Names of the Docker secrets. Without a load test's agent its role has no password. */
  secrets: { "database-password": string; "service-password": string; "load-test-password"?: string };
}

const SECRETS = "/run/secrets";

/**
 * Returns the stack with the migration job. It applies the declared schema, roles and stock as the
 * database's owner, and exits. Swarm runs it again when anything of it changes. The services are
 * deployed after it.
 */
export function schemaStack(args: SchemaStackArgs): Compose {
  const { network, image, stock, service, secrets } = args;
  const { environment, ...access } = databaseAccess(args.database);
  const roleSecrets = Object.keys(secrets).filter((name) => name !== "database-password");
  return {
    services: {
      [SERVICES.migration]: {
        image,
        command: ["node", "main.mjs", "migrate"],
        user: "1000:1000",
        ...hardened,
        environment: {
          ...environment,
          EVENT_STOCK: stock,
          SERVICE_USER: service.user,
          SERVICE_PASSWORD_FILE: `${SECRETS}/service-password`,
          SERVICE_CONNECTIONS: service.connections,
          LOAD_TEST_USER: DATABASE.loadTest,
          ...("load-test-password" in secrets ? { LOAD_TEST_PASSWORD_FILE: `${SECRETS}/load-test-password` } : {}),
        },
        stop_grace_period: "10s",
        networks: { [network]: { aliases: [SERVICES.migration] } },
        ...access,
        secrets: [
          ...access.secrets,
          ...roleSecrets.map((name) => ({ source: name, target: name, uid: "1000", mode: 0o400 })),
        ],
        deploy: {
          mode: "replicated-job",
          replicas: 1,
          endpoint_mode: "dnsrr",
          placement: { constraints: ON_WORKERS },
          restart_policy: { condition: "on-failure", delay: "3s", max_attempts: 5 },
          resources: limits(128, PIDS.node),
        },
      },
    },
    networks: { [network]: { external: true } },
    secrets: Object.fromEntries(Object.entries(secrets).map(([file, name]) => [file, { external: true, name }])),
  };
}
