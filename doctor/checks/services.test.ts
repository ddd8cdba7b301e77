import assert from "node:assert/strict";
import { test } from "node:test";
import { declared, healthyHosts, healthySwarm } from "../testing.ts";
import type { ServiceObservation } from "../observation.ts";
import { checkServices } from "./services.ts";

/**
 * Returns the findings after a change of the API's service or of the list of services.
 */
function found(change: (api: ServiceObservation, services: ServiceObservation[]) => void): string[] {
  const swarm = healthySwarm();
  const api = swarm.services.find(({ Spec }) => Spec.Name === "gifticon_main-api");
  assert.ok(api);
  change(api, swarm.services);
  return checkServices(declared, { swarm, hosts: healthyHosts() }, "up").map(({ what }) => what);
}

test("finds no fault in services that are as in the stack files", () => {
  assert.deepEqual(
    found(() => undefined),
    [],
  );
});

test("finds a service that was scaled, removed or added by hand", () => {
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

test("finds other edited properties by name, with only the different items of a list", () => {
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

test("finds tasks that don't run, and an update that stopped", () => {
  assert.deepEqual(
    found((api) => (api.ServiceStatus.RunningTasks = 0)),
    ["service gifticon_main-api has 0 of 1 tasks running"],
  );
  assert.deepEqual(
    found((api) => (api.UpdateStatus = { State: "rollback_paused", Message: "" })),
    ["the last update of service gifticon_main-api is rollback_paused"],
  );
});

test("finds a job that isn't completed", () => {
  assert.deepEqual(
    found((_, services) => {
      const job = services.find(({ Spec }) => Spec.Name === "kafka_topics");
      if (job) job.ServiceStatus.CompletedTasks = 0;
    }),
    ["service kafka_topics has 0 of 1 tasks completed"],
  );
});

test("a broker without its service is a cause of other faults, and tasks that don't run may follow from one", () => {
  const kinds = (name: string, change: (service: ServiceObservation) => void) => {
    const swarm = healthySwarm();
    const service = swarm.services.find(({ Spec }) => Spec.Name === name);
    assert.ok(service);
    change(service);
    return checkServices(declared, { swarm, hosts: healthyHosts() }, "up").map(({ kind }) => kind);
  };
  const scale = ({ Spec }: ServiceObservation) => (Spec.Mode = { Replicated: { Replicas: 0 } });
  assert.deepEqual(kinds("kafka_kafka", scale), ["broker's service"]);
  assert.deepEqual(kinds("gifticon_main-api", scale), [undefined]);
  const end = ({ ServiceStatus }: ServiceObservation) => (ServiceStatus.RunningTasks = 0);
  assert.deepEqual(kinds("gifticon_main-api", end), ["event's tasks"]);
  assert.deepEqual(kinds("kafka_kafka", end), ["broker's tasks"]);
});
