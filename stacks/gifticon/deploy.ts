import { all, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config.ts";
import type { DatabaseTarget } from "../../infra/database.ts";
import { API_PORT } from "../../infra/entrance.ts";
import { databaseConnections } from "../../infra/instance-types.ts";
import type { Images } from "../../infra/registry.ts";
import type { Swarm } from "../../infra/swarm.ts";
import { DATABASE_CA_FILE } from "../../infra/user-data.ts";
import { TOPIC } from "../kafka/kafka-stack.ts";
import { INTERNAL_LISTENER } from "../kafka/properties.ts";
import { Stack } from "../stack.ts";
import { gifticonStack } from "./gifticon-stack.ts";
import { sharePools } from "./pool-sizes.ts";

/** What the services stand on. */
export interface GifticonArgs {
  settings: Settings;
  swarm: Swarm;
  images: Images;
  database: DatabaseTarget;
  after: Resource[];
}

/** Deploys the event's services. */
export function deployGifticon({ settings, swarm, images, database, after }: GifticonArgs): Stack<"database-password"> {
  const { mode, api, issuer, event, workers } = settings;
  const pools = sharePools(mode, api.replicas, databaseConnections[settings.database.instanceClass]);
  return new Stack("gifticon", {
    swarm: swarm.target,
    files: { "database-password": { kind: "secret", content: database.password } },
    compose: (secrets) =>
      all([images.api.reference, images.queue?.issuer.reference, database.host, secrets["database-password"]]).apply(
        ([apiImage, issuerImage, host, passwordSecret]) =>
          gifticonStack({
            network: swarm.network,
            spareWorkers: workers - api.replicas,
            api: { ...api, image: apiImage, poolSize: pools.api, port: API_PORT },
            ...(issuerImage === undefined
              ? {}
              : {
                  queue: {
                    bootstrapServers: INTERNAL_LISTENER,
                    topic: TOPIC,
                    issuer: { ...issuer, image: issuerImage, poolSize: pools.issuer },
                  },
                }),
            stock: event.stock,
            database: { host, port: database.port, name: database.name, user: database.user },
            passwordSecret,
            databaseCaFile: DATABASE_CA_FILE,
          }),
      ),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}
