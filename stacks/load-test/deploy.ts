import { readFileSync } from "node:fs";
import { STACKS } from "@gifticon/contract/facts/names.ts";
import { all, type Input, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import { instanceCores, instanceMemoryMib } from "../../infra/config/instance-types.ts";
import type { LoadImages } from "../../infra/components/build-images.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import type { DatabaseTarget } from "../../infra/components/database.ts";
import { databaseOf, eventTarget } from "../event-access.ts";
import { Stack } from "../stack.ts";
import { k6Stack } from "./k6-stack.ts";
import { controllerSettings, processPolicy } from "./ngrinder-settings.ts";
import { ngrinderStack } from "./ngrinder-stack.ts";

/** Inputs of the load generator's stack. */
export interface LoadTestArgs {
  settings: Settings;
  swarm: Swarm;
  images: LoadImages;
  database: DatabaseTarget;
  /** Address of the API. k6 is told by `./run event`. */
  apiUrl: Input<string>;
  after: Resource[];
}

/** Deploys the load generator, which waits for a test. */
export function deployLoadTest(args: LoadTestArgs): void {
  if (args.images.kind === "ngrinder") deployNgrinder({ ...args, images: args.images });
  else deployK6({ ...args, images: args.images });
}

type LoadTestWith<Kind> = LoadTestArgs & { images: Extract<LoadImages, { kind: Kind }> };

function deployNgrinder({ settings, swarm, images, apiUrl, after }: LoadTestWith<"ngrinder">): void {
  const { instanceType } = settings.hosts.loadGenerator;
  const config = (content: string) => ({ kind: "config" as const, content });
  new Stack(STACKS.loadTest, {
    swarm: swarm.target,
    files: {
      start: config(script("start.sh")),
      configure: config(script("configure.sh")),
      settings: config(controllerSettings()),
      policy: config(processPolicy(instanceCores[instanceType])),
    },
    compose: ({ start, configure, settings: conf, policy }) =>
      all([images.controller.reference, images.agent.reference, apiUrl, start, configure, conf, policy]).apply(
        ([controller, agent, url, ...names]) =>
          ngrinderStack({
            network: swarm.network,
            images: { controller, agent },
            configs: { start: names[0], configure: names[1], settings: names[2], policy: names[3] },
            hostMib: instanceMemoryMib[instanceType],
            apiUrl: url,
          }),
      ),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}

function script(file: string): string {
  return readFileSync(new URL(`ngrinder/${file}`, import.meta.url), "utf8");
}

function deployK6({ settings, swarm, images, database, after }: LoadTestWith<"k6">): void {
  const { loadTest } = database;
  if (loadTest.password === undefined) throw new Error("the database has no login for load tests");
  new Stack(STACKS.loadTest, {
    swarm: swarm.target,
    files: { "database-password": { kind: "secret", content: loadTest.password } },
    compose: (secrets) =>
      all([images.generator.reference, images.agent.reference, database.host, secrets["database-password"]]).apply(
        ([generator, agent, host, passwordSecret]) =>
          k6Stack({
            network: swarm.network,
            images: { generator, agent },
            hostMib: instanceMemoryMib[settings.hosts.loadGenerator.instanceType],
            event: eventTarget(settings.mode, databaseOf(database, loadTest, host)),
            passwordSecret,
          }),
      ),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}
