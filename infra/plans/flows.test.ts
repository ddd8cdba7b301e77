import assert from "node:assert/strict";
import { test } from "node:test";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { loadSettings, type Settings } from "../config/config.ts";
import { groupsOf, groupsOfRole, planFlows } from "./flows.ts";
import { type End, mayConnect } from "./may-connect.ts";

const settings = (more: Record<string, string> = {}): Settings =>
  loadSettings({
    "gifticon-event:hosts": JSON.stringify({ ami: "ami-0123456789abcdef0" }),
    "gifticon-event:operators": JSON.stringify({ cidrs: ["203.0.113.7/32"] }),
    ...more,
  });

test("names of flows are unique, as the rules are named by them", () => {
  const names = planFlows(settings()).map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test("from outside, only the manager's SSH and the load balancer can be reached", () => {
  const open = planFlows(settings()).filter(({ from }) => typeof from !== "string");
  assert.deepEqual(
    open.map(({ to, port }) => [to, port]),
    [
      ["manager", 22],
      ["entrance", 80],
    ],
  );
});

test("the database is reached by the workers only", () => {
  const callers = planFlows(settings())
    .filter(({ to }) => to === "database")
    .map(({ from }) => from);
  assert.deepEqual(callers, ["worker"]);
});

test("a role without a host in a mode has no group", () => {
  const groups = (more: Record<string, string>) => groupsOf(planFlows(settings(more))).sort();
  const always = ["database", "entrance", "manager", "node", "worker"];
  assert.deepEqual(groups({}), [...always, "kafka"].sort());
  assert.deepEqual(groups({ "gifticon-event:mode": "direct" }), always);
});

test("these pairs connect over TCP, and no others", () => {
  const role = (name: Parameters<typeof groupsOfRole>[0], address: string): End => ({
    name,
    address,
    groups: groupsOfRole(name),
  });
  const ends: End[] = [
    role("manager", "10.0.0.1"),
    { ...role("manager", "10.0.0.9"), name: "another manager" },
    role("worker", "10.0.0.2"),
    { ...role("worker", "10.0.0.3"), name: "another worker" },
    role("kafka", "10.0.0.4"),
    { name: "entrance", address: "10.0.0.5", groups: ["entrance"] },
    { name: "database", address: "10.0.0.6", groups: ["database"] },
    { name: "operator", address: "203.0.113.7", groups: [] },
    { name: "anyone", address: "192.0.2.1", groups: [] },
  ];
  const inside = (end: End) => end.groups.length > 0;
  const ports = [22, 80, 443, 2181, 2375, 2377, 5432, 7946, PORTS.api, 8081, 9092, 19092];
  const flows = planFlows(settings());
  const pairs = ends.flatMap((from) =>
    ends
      .filter((to) => to !== from && inside(to))
      .map((to) => [from, to, ports.filter((port) => mayConnect(flows, from, to, port))] as const),
  );
  assert.deepEqual(
    pairs
      .filter(([, , open]) => open.length > 0)
      .map(([from, to, open]) => `${from.name} to ${to.name}: ${open.join(" ")}`),
    [
      "manager to another manager: 22 2377 7946",
      "manager to worker: 22 7946",
      "manager to another worker: 22 7946",
      "manager to kafka: 22 7946 9092",
      "manager to entrance: 80",
      "another manager to manager: 22 2377 7946",
      "another manager to worker: 22 7946",
      "another manager to another worker: 22 7946",
      "another manager to kafka: 22 7946 9092",
      "another manager to entrance: 80",
      "worker to manager: 2377 7946",
      "worker to another manager: 2377 7946",
      "worker to another worker: 7946",
      "worker to kafka: 7946 9092",
      "worker to entrance: 80",
      "worker to database: 5432",
      "another worker to manager: 2377 7946",
      "another worker to another manager: 2377 7946",
      "another worker to worker: 7946",
      "another worker to kafka: 7946 9092",
      "another worker to entrance: 80",
      "another worker to database: 5432",
      "kafka to manager: 2377 7946",
      "kafka to another manager: 2377 7946",
      "kafka to worker: 7946",
      "kafka to another worker: 7946",
      "kafka to entrance: 80",
      `entrance to worker: ${PORTS.api}`,
      `entrance to another worker: ${PORTS.api}`,
      "operator to manager: 22",
      "operator to another manager: 22",
      "operator to entrance: 80",
      "anyone to entrance: 80",
    ],
  );
});
