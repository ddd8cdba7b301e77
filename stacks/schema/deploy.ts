import { STACKS } from "@gifticon/contract/facts/names.ts";
import { all, output, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import type { DatabaseTarget } from "../../infra/components/database.ts";
import { databaseConnections } from "../../infra/config/instance-types.ts";
import type { Images } from "../../infra/components/build-images.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import { databaseOf } from "../event-access.ts";
import { serviceConnections } from "../pool-sizes.ts";
import { Stack, type StackFile } from "../stack.ts";
import { schemaStack } from "./schema-stack.ts";

/** Arguments of the migrations. */
export interface SchemaArgs {
  settings: Settings;
  swarm: Swarm;
  images: Images;
  database: DatabaseTarget;
  after: Resource[];
}

/**
 * Applies the declared schema, roles and stock to the database. It is deployed when the job is
 * done.
 */
export function deploySchema({ settings, swarm, images, database, after }: SchemaArgs): Stack<string> {
  const { owner, service, loadTest } = database;
  const secret = (content: StackFile["content"]): StackFile => ({ kind: "secret", content });
  return new Stack<string>(STACKS.schema, {
    swarm: swarm.target,
    files: {
      "database-password": secret(owner.password),
      "service-password": secret(service.password),
      ...(loadTest.password ? { "load-test-password": secret(loadTest.password) } : {}),
    },
    compose: (secrets) =>
      all([images.api.reference, database.host, output(secrets)]).apply(([image, host, names]) =>
        schemaStack({
          network: swarm.network,
          image,
          database: databaseOf(database, owner, host),
          stock: settings.event.stock,
          service: {
            user: service.user,
            connections: serviceConnections(databaseConnections[settings.database.instanceClass]),
          },
          loadTest: { user: loadTest.user },
          secrets: {
            owner: names["database-password"] ?? "",
            service: names["service-password"] ?? "",
            loadTest: names["load-test-password"],
          },
        }),
      ),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}
