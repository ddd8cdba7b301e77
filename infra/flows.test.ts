import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSettings, type Settings } from "./config.ts";
import { groupsOf, planFlows } from "./flows.ts";

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

test("nothing from outside reaches a group but the manager's SSH and the entrance", () => {
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

test("each role that a mode has no host for has no group", () => {
  const groups = (more: Record<string, string>) => groupsOf(planFlows(settings(more))).sort();
  const always = ["database", "entrance", "manager", "node", "worker"];
  assert.deepEqual(groups({}), [...always, "kafka"].sort());
  assert.deepEqual(groups({ "gifticon-event:mode": "direct" }), always);
});
