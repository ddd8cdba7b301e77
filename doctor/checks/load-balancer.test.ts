import assert from "node:assert/strict";
import { test } from "node:test";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { healthyHost, NEVER } from "../testing.ts";
import { checkLoadBalancer } from "./load-balancer.ts";

/**
 * Returns "fault; next step" for an answer of the load balancer. `ok`: a task of the API is
 * ready.
 */
function found(answer: number | string, ok = true): string[] {
  const tasks = [{ service: SWARM_SERVICES.api, ready: { ok }, lag: [], held: {}, replaced: NEVER, deadLetters: 0 }];
  const observation = { loadBalancer: answer, hosts: { "worker-1": { ...healthyHost(), tasks } } };
  return checkLoadBalancer("http://api", observation, "up").map(({ what, next }) => `${what}; ${next}`);
}

test("finds no fault when the API answers through the load balancer", () => {
  assert.deepEqual(found(200), []);
});

test("an error status is a fault, and the next step depends on the API's readiness", () => {
  assert.match(found(503)[0] ?? "", /^http:\/\/api answers 503 from here; .* up with --refresh restores/);
  assert.match(found(503, false)[0] ?? "", /; no task of the API is ready: the lines above give the cause$/);
});

test("a load balancer that doesn't answer is a fault, and the next step names the allowed addresses", () => {
  const [finding = ""] = found("connect ECONNREFUSED");
  assert.match(finding, /^http:\/\/api doesn't answer \(connect ECONNREFUSED\) from here; .*entrance\.cidrs/);
});
