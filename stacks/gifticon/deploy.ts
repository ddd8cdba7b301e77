import { all, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config.ts";
import type { DatabaseTarget, Login } from "../../infra/database.ts";
import { API_PORT, COUNTED_ON_AFTER } from "../../infra/entrance.ts";
import { databaseConnections } from "../../infra/instance-types.ts";
import type { Images } from "../../infra/registry.ts";
import type { Swarm } from "../../infra/swarm.ts";
import { DATABASE_CA_FILE } from "../../infra/user-data.ts";
import { TOPIC } from "../kafka/kafka-stack.ts";
import { INTERNAL_LISTENER } from "../kafka/properties.ts";
import { Stack } from "../stack.ts";
import { gifticonStack, type DatabaseAccess, type EventTarget } from "./gifticon-stack.ts";
import { sharePools } from "./pool-sizes.ts";

/** What the services stand on. */
export interface GifticonArgs {
  settings: Settings;
  swarm: Swarm;
  images: Images;
  database: DatabaseTarget;
  after: Resource[];
}

/** Where the database is, as tasks on the workers reach it. */
export function databaseOf(
  { port, name }: DatabaseTarget,
  { user }: Pick<Login, "user">,
  host: string,
): DatabaseAccess {
  return { host, port, name, user, caFile: DATABASE_CA_FILE };
}

/** Where the event's data is, as tasks on the workers reach it. */
export function eventTarget(mode: Settings["mode"], database: DatabaseAccess): EventTarget {
  return { queue: mode === "kafka" ? { bootstrapServers: INTERNAL_LISTENER, topic: TOPIC } : undefined, database };
}

/** Deploys the event's services. */
export function deployGifticon({ settings, swarm, images, database, after }: GifticonArgs): Stack<"database-password"> {
  const { mode, api, issuer, workers } = settings;
  const pools = sharePools(mode, api.replicas, databaseConnections[settings.database.instanceClass]);
  return new Stack("gifticon", {
    swarm: swarm.target,
    files: { "database-password": { kind: "secret", content: database.service.password } },
    compose: (secrets) =>
      all([images.api.reference, images.queue?.issuer.reference, database.host, secrets["database-password"]]).apply(
        ([apiImage, issuerImage, host, passwordSecret]) => {
          const { queue, ...target } = eventTarget(mode, databaseOf(database, database.service, host));
          return gifticonStack({
            ...target,
            network: swarm.network,
            spareWorkers: workers - api.replicas,
            api: { ...api, image: apiImage, poolSize: pools.api, port: API_PORT, countedOnAfter: COUNTED_ON_AFTER },
            ...(queue && issuerImage !== undefined
              ? { queue: { ...queue, issuer: { ...issuer, image: issuerImage, poolSize: pools.issuer } } }
              : {}),
            passwordSecret,
          });
        },
      ),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}
