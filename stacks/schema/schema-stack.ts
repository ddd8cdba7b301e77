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
  loadTest: { user: string };
  /** Names of the Docker secrets. */
  secrets: { owner: string; service: string; loadTest?: string | undefined };
}

const SECRETS = "/run/secrets";

/**
 * Returns the stack with the migration job. It applies the declared schema, roles and stock as the
 * database's owner, and exits. Swarm runs it again when anything of it changes. The services are
 * deployed after it.
 */
export function schemaStack(args: SchemaStackArgs): Compose {
  const { network, image, stock, service, loadTest, secrets } = args;
  const { environment, ...access } = databaseAccess(args.database);
  const roleSecrets = {
    "service-password": secrets.service,
    ...(secrets.loadTest === undefined ? {} : { "load-test-password": secrets.loadTest }),
  };
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
          LOAD_TEST_USER: loadTest.user,
          ...(secrets.loadTest === undefined ? {} : { LOAD_TEST_PASSWORD_FILE: `${SECRETS}/load-test-password` }),
        },
        stop_grace_period: "10s",
        networks: { [network]: { aliases: [SERVICES.migration] } },
        ...access,
        secrets: [
          ...access.secrets,
          ...Object.keys(roleSecrets).map((name) => ({ source: name, target: name, uid: "1000", mode: 0o400 })),
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
    secrets: Object.fromEntries(
      Object.entries({ "database-password": secrets.owner, ...roleSecrets }).map(([file, name]) => [
        file,
        { external: true, name },
      ]),
    ),
  };
}
