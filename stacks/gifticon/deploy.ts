import { STACKS } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { all, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import type { DatabaseTarget } from "../../infra/components/database.ts";
import { NEW_TARGET_SECONDS } from "../../infra/components/load-balancer.ts";
import { databaseConnections } from "../../infra/config/instance-types.ts";
import type { Images } from "../../infra/components/build-images.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import { databaseOf, eventTarget } from "../event-access.ts";
import { Stack } from "../stack.ts";
import { gifticonStack } from "./gifticon-stack.ts";
import { sharePools } from "../pool-sizes.ts";

/** Arguments of the event's services. */
export interface GifticonArgs {
  settings: Settings;
  swarm: Swarm;
  images: Images;
  database: DatabaseTarget;
  after: Resource[];
}

/** Deploys the event's services. */
export function deployGifticon({ settings, swarm, images, database, after }: GifticonArgs): Stack<"database-password"> {
  const { mode, api, issuer, workers } = settings;
  const pools = sharePools(mode, api.replicas, databaseConnections[settings.database.instanceClass]);
  return new Stack(STACKS.event, {
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
            api: { ...api, image: apiImage, poolSize: pools.api, port: PORTS.api, countedOnAfter: NEW_TARGET_SECONDS },
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
