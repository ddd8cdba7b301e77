import assert from "node:assert/strict";
import { test } from "node:test";
import { planFleet } from "./fleet.ts";
import { loadSettings } from "../config/config.ts";

const settings = loadSettings({
  "gifticon-event:hosts": JSON.stringify({ ami: "ami-0123456789abcdef0" }),
  "gifticon-event:operators": JSON.stringify({ cidrs: ["203.0.113.7/32"] }),
});

test("a host keeps its name and zone when others are added or removed", () => {
  const few = planFleet({ ...settings, workers: 2 }).workers;
  const many = planFleet({ ...settings, workers: 5 }).workers;
  assert.deepEqual(many.slice(0, 2), few);
});

test("workers alternate between the two zones", () => {
  assert.deepEqual(
    planFleet({ ...settings, workers: 4 }).workers.map(({ zone }) => zone),
    [0, 1, 0, 1],
  );
});

test("managers keep their names when others are added, and alternate between the zones", () => {
  const managers = (count: 1 | 3 | 5) => {
    const { manager, otherManagers } = planFleet({ ...settings, managers: count });
    return [manager, ...otherManagers].map(({ name, zone }) => `${name} ${zone}`);
  };
  const five = ["manager 0", "manager-2 1", "manager-3 0", "manager-4 1", "manager-5 0"];
  assert.deepEqual([managers(1), managers(3), managers(5)], [five.slice(0, 1), five.slice(0, 3), five]);
});

test("Kafka's host and the load generator's carry the label that places their tasks", () => {
  const { kafka, loadGenerator } = planFleet(settings);
  assert.deepEqual([kafka.labels, loadGenerator.labels], [{ kafka_server: "true" }, { load_generator: "true" }]);
});

test("another instance type replaces the workers and the managers beside the first, and restarts the others", () => {
  const { manager, otherManagers, workers, kafka, loadGenerator } = planFleet({ ...settings, managers: 3, workers: 1 });
  const all = [manager, ...otherManagers, ...workers, kafka, loadGenerator];
  assert.deepEqual(
    all.map(({ name, onNewType }) => `${name} ${onNewType}`),
    [
      "manager restart",
      "manager-2 replace",
      "manager-3 replace",
      "worker-1 replace",
      "kafka restart",
      "load-generator restart",
    ],
  );
});
