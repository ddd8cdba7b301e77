import assert from "node:assert/strict";
import { test } from "node:test";
import { declared, wellSwarm } from "../testing.ts";
import type { ServiceSight } from "../sight.ts";
import { checkServices } from "./services.ts";

/**
 * What is found when the API's service is changed so, or, with nothing returned kept, is another
 * list.
 */
function found(change: (api: ServiceSight, services: ServiceSight[]) => void): string[] {
  const swarm = wellSwarm();
  const api = swarm.services.find(({ Spec }) => Spec.Name === "gifticon_main-api");
  assert.ok(api);
  change(api, swarm.services);
  return checkServices(declared, { swarm }, "up").map(({ what }) => what);
}

test("services that are as the stack files have them are well", () => {
  assert.deepEqual(
    found(() => undefined),
    [],
  );
});

test("a service that was scaled, removed or added by hand is told", () => {
  assert.deepEqual(
    found((api) => (api.Spec.Mode = { Replicated: { Replicas: 0 } })),
    ["service gifticon_main-api differs from its stack file in replicas: 0, not 1"],
  );
  assert.deepEqual(
    found((api, services) => services.splice(services.indexOf(api), 1)),
    ["service gifticon_main-api is missing"],
  );
  assert.deepEqual(
    found((api, services) => services.push({ ...api, Spec: { ...api.Spec, Name: "gifticon_other" } })),
    ["service gifticon_other is not in the file of stack gifticon"],
  );
});

test("whatever else was edited is told by name, of a list only what differs", () => {
  assert.deepEqual(
    found((api) => (api.Spec.TaskTemplate.ContainerSpec.Env[0] = "MODE=direct")),
    ["service gifticon_main-api differs from its stack file in environment: MODE=direct, not MODE=kafka"],
  );
  assert.deepEqual(
    found((api) => (api.Spec.TaskTemplate.Placement.Constraints = [])).map((what) => what.split(":")[0]),
    ["service gifticon_main-api differs from its stack file in constraints"],
  );
  assert.deepEqual(
    found((api) => (api.Spec.TaskTemplate.ContainerSpec.Image = "main-api@sha256:0")),
    ["service gifticon_main-api differs from its stack file in image: main-api@sha256:0, not main-api@sha256:1"],
  );
});

test("tasks that don't run, and an update that stopped, are told", () => {
  assert.deepEqual(
    found((api) => (api.ServiceStatus.RunningTasks = 0)),
    ["service gifticon_main-api has 0 of 1 tasks running"],
  );
  assert.deepEqual(
    found((api) => (api.UpdateStatus = { State: "rollback_paused" })),
    ["the last update of service gifticon_main-api is rollback_paused"],
  );
});

test("the job that declares the topics has to be completed, not running", () => {
  assert.deepEqual(
    found((_, services) => {
      const job = services.find(({ Spec }) => Spec.Name === "kafka_topics");
      if (job) job.ServiceStatus.CompletedTasks = 0;
    }),
    ["service kafka_topics has 0 of 1 tasks completed"],
  );
});
