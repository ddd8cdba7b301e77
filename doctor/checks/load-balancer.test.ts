import assert from "node:assert/strict";
import { test } from "node:test";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { wellHost } from "../testing.ts";
import { checkLoadBalancer } from "./load-balancer.ts";

/** Returns what is found and the next step, with a copy of the API that is ready or not. */
function found(entrance: number | string, ok = true): string[] {
  const tasks = [{ service: SWARM_SERVICES.api, ready: { ok }, lag: [], held: {} }];
  const sight = { entrance, hosts: { "worker-1": { ...wellHost(), tasks } } };
  return checkLoadBalancer("http://api", sight, "up").map(({ what, next }) => `${what}; ${next}`);
}

test("an entrance that answers is well", () => {
  assert.deepEqual(found(200), []);
});

test("an entrance that answers with an error is told, with the step that fits", () => {
  assert.match(found(503)[0] ?? "", /^http:\/\/api answers 503 from here; .* up with --refresh puts back/);
  assert.match(found(503, false)[0] ?? "", /; no copy of the API is ready: the lines above tell why$/);
});

test("an entrance that doesn't answer is told with the setting that may keep you out", () => {
  const [finding = ""] = found("connect ECONNREFUSED");
  assert.match(finding, /^http:\/\/api doesn't answer \(connect ECONNREFUSED\) from here; .*entrance\.cidrs/);
});
