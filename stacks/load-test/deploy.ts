import { readFileSync } from "node:fs";
import { STACKS } from "@gifticon/contract/facts/names.ts";
import { output, type Input, type Resource } from "@pulumi/pulumi";
import type { Settings } from "../../infra/config/config.ts";
import { instanceCores, instanceMemoryMib } from "../../infra/config/instance-types.ts";
import type { Database } from "../../infra/components/database.ts";
import type { JoinedHost } from "../../infra/components/join-nodes.ts";
import type { Swarm } from "../../infra/components/swarm.ts";
import type { K6, LoadGenerator, Ngrinder } from "../../infra/components/variants.ts";
import { databaseOf, KAFKA_ACCESS } from "../event-access.ts";
import { Stack, type StackFile } from "../stack.ts";
import { k6Stack } from "./k6-stack.ts";
import { controllerSettings, processPolicy } from "./ngrinder-settings.ts";
import { ngrinderStack } from "./ngrinder-stack.ts";

/** Inputs of the load generator's stack. */
export interface LoadTestArgs<Load = LoadGenerator<JoinedHost>> {
  settings: Settings;
  swarm: Swarm;
  load: Load;
  database: Database;
  /** Address of the API for nGrinder. `./run event` passes it to k6 itself. */
  apiUrl: Input<string>;
  after: Resource[];
}

/** Deploys the load generator, which waits for a test. */
export function deployLoadTest({ load, ...args }: LoadTestArgs): void {
  if (load.kind === "k6") deployK6({ ...args, load });
  else deployNgrinder({ ...args, load });
}

function deployK6({ settings, swarm, load, database, after }: LoadTestArgs<K6<JoinedHost>>): void {
  new Stack(STACKS.loadTest, {
    swarm: swarm.target,
    files: { "database-password": { kind: "secret", content: database.loadTest.password } },
    compose: (secrets) =>
      output({
        network: swarm.network,
        images: { generator: load.generator.reference, agent: load.agent.reference },
        hostMib: instanceMemoryMib[load.host.plan.instanceType],
        event: {
          queue: settings.mode === "kafka" ? KAFKA_ACCESS : { mode: settings.mode },
          database: databaseOf(database, database.loadTest),
        },
        passwordSecret: secrets["database-password"],
      }).apply(k6Stack),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}

function deployNgrinder({ settings, swarm, load, apiUrl, after }: LoadTestArgs<Ngrinder<JoinedHost>>): void {
  const { instanceType } = load.host.plan;
  new Stack(STACKS.loadTest, {
    swarm: swarm.target,
    files: {
      start: config(script("start.sh")),
      configure: config(script("configure.sh")),
      settings: config(controllerSettings()),
      policy: config(processPolicy(instanceCores[instanceType])),
    },
    compose: (configs) =>
      output({
        network: swarm.network,
        images: { controller: load.controller.reference, agent: load.agent.reference },
        configs,
        hostMib: instanceMemoryMib[instanceType],
        apiUrl,
      }).apply(ngrinderStack),
    timeoutSeconds: settings.deployment.timeoutSeconds,
    after,
  });
}

function config(content: string): StackFile {
  return { kind: "config", content };
}

function script(file: string): string {
  return readFileSync(new URL(`ngrinder/${file}`, import.meta.url), "utf8");
}
