import { STACKS } from "@gifticon/contract/facts/names.ts";
import { all, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import { instanceMemoryMib } from "../../infra/config/instance-types.ts";
import type { LoadImages } from "../../infra/components/build-images.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import type { DatabaseTarget } from "../../infra/components/database.ts";
import { databaseOf, eventTarget } from "../event-access.ts";
import { Stack } from "../stack.ts";
import { k6Stack } from "./k6-stack.ts";
import { ngrinderStack } from "./ngrinder-stack.ts";

/** What the load test stands on. */
export interface LoadTestArgs {
  settings: Settings;
  swarm: Swarm;
  images: LoadImages;
  database: DatabaseTarget;
  after: Resource[];
}

/** Deploys the load generator, waiting for a test. */
export function deployLoadTest({ settings, swarm, images, database, after }: LoadTestArgs): void {
  const hostMib = instanceMemoryMib[settings.hosts.loadGenerator.instanceType];
  const { network } = swarm;
  const common = { swarm: swarm.target, timeoutSeconds: settings.deployment.timeoutSeconds, after };
  if (images.kind === "ngrinder") {
    new Stack(STACKS.loadTest, {
      ...common,
      files: {},
      compose: () =>
        all([images.controller.reference, images.agent.reference]).apply(([controller, agent]) =>
          ngrinderStack({ network, images: { controller, agent }, hostMib }),
        ),
    });
    return;
  }
  const { loadTest } = database;
  if (loadTest.password === undefined) throw new Error("the database has no login for load tests");
  new Stack(STACKS.loadTest, {
    ...common,
    files: { "database-password": { kind: "secret", content: loadTest.password } },
    compose: (secrets) =>
      all([images.generator.reference, images.agent.reference, database.host, secrets["database-password"]]).apply(
        ([generator, agent, host, passwordSecret]) =>
          k6Stack({
            network,
            images: { generator, agent },
            hostMib,
            event: eventTarget(settings.mode, databaseOf(database, loadTest, host)),
            passwordSecret,
          }),
      ),
  });
}
