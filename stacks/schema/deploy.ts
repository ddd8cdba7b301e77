import { STACKS } from "@gifticon/contract/facts/names.ts";
import { output, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import type { Database, Login } from "../../infra/components/database.ts";
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
  database: Database;
  after: Resource[];
}

/**
 * Applies the declared schema, roles and stock to the database. It is deployed when the job is
 * done.
 */
export function deploySchema({ settings, swarm, images, database, after }: SchemaArgs): Resource {
  const { owner, service } = database;
  const passwords = { "database-password": passwordOf(owner), "service-password": passwordOf(service) };
  const stack = new Stack(STACKS.schema, {
    swarm: swarm.target,
    files:
      images.load.kind === "k6" ? { ...passwords, "load-test-password": passwordOf(database.loadTest) } : passwords,
    compose: (secrets) =>
      output({
        network: swarm.network,
        image: images.api.reference,
        database: databaseOf(database, owner),
        stock: settings.event.stock,
        service: {
          user: service.user,
          connections: serviceConnections(databaseConnections[settings.database.instanceClass]),
        },
        secrets,
      }).apply(schemaStack),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
  return stack.deployment;
}

function passwordOf({ password }: Login): StackFile {
  return { kind: "secret", content: password };
}
