import { STACKS } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { output, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import type { Database } from "../../infra/components/database.ts";
import { NEW_TARGET_SECONDS } from "../../infra/components/load-balancer.ts";
import { databaseConnections } from "../../infra/config/instance-types.ts";
import type { Images } from "../../infra/components/build-images.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import { databaseOf, KAFKA_ACCESS } from "../event-access.ts";
import { Stack } from "../stack.ts";
import { gifticonStack } from "./gifticon-stack.ts";
import { sharePools } from "../pool-sizes.ts";

/** Arguments of the event's services. */
export interface GifticonArgs {
  settings: Settings;
  swarm: Swarm;
  images: Images;
  database: Database;
  after: Resource[];
}

/** Deploys the event's services. */
export function deployGifticon({ settings, swarm, images, database, after }: GifticonArgs): Resource {
  const { api, issuer, workers } = settings;
  const { queue } = images;
  const pools = sharePools(queue.mode, api.replicas, databaseConnections[settings.database.instanceClass]);
  const stack = new Stack(STACKS.event, {
    swarm: swarm.target,
    files: { "database-password": { kind: "secret", content: database.service.password } },
    compose: (secrets) =>
      output({
        network: swarm.network,
        spareWorkers: workers - api.replicas,
        database: databaseOf(database, database.service),
        api: {
          ...api,
          image: images.api.reference,
          poolSize: pools.api,
          port: PORTS.api,
          newTargetSeconds: NEW_TARGET_SECONDS,
        },
        queue:
          queue.mode === "direct"
            ? queue
            : { ...KAFKA_ACCESS, issuer: { ...issuer, image: queue.issuer.reference, poolSize: pools.issuer } },
        passwordSecret: secrets["database-password"],
      }).apply(gifticonStack),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
  return stack.deployment;
}
