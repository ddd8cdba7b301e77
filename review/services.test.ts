import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment, service } from "../policy/testing.ts";
import { consequenceOf } from "./consequences.ts";
import type { Resource } from "./plan.ts";
import { serviceChanges } from "./services.ts";

/** Returns the resources of a stack gifticon with one service main-api. */
function stack(changed: Parameters<typeof deployment>[0]): Resource[] {
  return [{ ...deployment(changed), urn: "urn", custom: true, outputs: {}, dependencies: [] }];
}
const deploy = (changed: object) => ({ deploy: { ...service.deploy, ...changed } });
const effects = (before: Resource[], after: Resource[]) =>
  serviceChanges(before, after).map(({ service: name, effect, fields }) => [name, effect, ...fields]);

test("a change of a task's own properties restarts the service", () => {
  const image = { image: `registry.example/main-api@sha256:${"1".repeat(64)}` };
  assert.deepEqual(effects(stack({}), stack({})), []);
  assert.deepEqual(effects(stack({}), stack(image)), [["main-api", "restarts", "image"]]);
  const limits = deploy({ resources: { limits: { memory: "65M" } } });
  assert.deepEqual(effects(stack({}), stack(limits)), [["main-api", "restarts", "deploy.resources"]]);
});

test("a change of the replicas scales the service, and one of update_config only settles", () => {
  assert.deepEqual(effects(stack({}), stack(deploy({ replicas: 2 }))), [["main-api", "scales", "deploy.replicas"]]);
  const order = deploy({
    update_config: { parallelism: 1, order: "start-first", failure_action: "rollback", monitor: "5s" },
  });
  assert.deepEqual(effects(stack({}), stack(order)), [["main-api", "settles", "deploy.update_config"]]);
});

test("services start and end with their stack", () => {
  assert.deepEqual(effects([], stack({})), [["main-api", "starts"]]);
  assert.deepEqual(effects(stack({}), []), [["main-api", "ends"]]);
});

test("the report of a restart says what is interrupted", () => {
  const restart = (changed: object) =>
    serviceChanges(stack({}), stack({ ...deploy(changed), user: "7:7" })).map(consequenceOf)[0] ?? "";
  assert.match(restart({}), /^stops first: callers get 503 .*at most 30s to stop/);
  assert.match(restart({ replicas: 4 }), /^one replica at a time stops, and 3 of 4 keep serving/);
  const order = { update_config: { parallelism: 1, order: "start-first", failure_action: "rollback", monitor: "5s" } };
  assert.match(restart(order), /^nothing is interrupted/);
});
