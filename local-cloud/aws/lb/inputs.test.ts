import assert from "node:assert/strict";
import { test } from "node:test";
import { arnSuffix } from "./arns.ts";
import { listener } from "./listener.ts";
import { loadBalancer } from "./load-balancer.ts";
import { targetGroup } from "./target-group.ts";

const vpcId = "vpc-0123456789abcdef0";
const group = { port: 8080, protocol: "HTTP", vpcId };
const forward = { type: "forward", targetGroupArn: "arn:aws:x" };
const subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];

/** Returns the paths that the schema refuses, or undefined. */
function wrongAt(
  type: { inputs: { safeParse: (given: unknown) => { error?: { issues: { path: PropertyKey[] }[] } } } },
  given: object,
) {
  return type.inputs.safeParse(given).error?.issues.map(({ path }) => path.join("."));
}

test("minimal inputs are accepted", () => {
  assert.equal(wrongAt(targetGroup, group), undefined);
  assert.equal(wrongAt(loadBalancer, { subnets }), undefined);
  assert.equal(wrongAt(listener, { loadBalancerArn: "x", port: 80, defaultActions: [forward] }), undefined);
});

for (const [what, path, given] of [
  ["a name of 33 characters", "name", { ...group, name: "a".repeat(33) }],
  ["a name that ends with a hyphen", "name", { ...group, name: "a-" }],
  ["a port of 0", "port", { ...group, port: 0 }],
  ["a delay of more than an hour", "deregistrationDelay", { ...group, deregistrationDelay: 3_601 }],
  ["a slow start of 10 s", "slowStart", { ...group, slowStart: 10 }],
  ["a matcher of words", "healthCheck.matcher", { ...group, healthCheck: { matcher: "ok" } }],
  ["a check path without a slash", "healthCheck.path", { ...group, healthCheck: { path: "x" } }],
  ["targets by address", "targetType", { ...group, targetType: "ip" }],
] as const) {
  test(`a target group with ${what} is refused at ${path}`, () => {
    assert.deepEqual(wrongAt(targetGroup, given), [path]);
  });
}

for (const [what, path, given] of [
  ["HTTPS", "protocol", { protocol: "HTTPS" }],
  ["a certificate", "certificateArn", { certificateArn: "arn:aws:acm:x" }],
  ["a redirect", "defaultActions.0.type", { defaultActions: [{ type: "redirect" }] }],
  ["a forward to nothing", "defaultActions.0.targetGroupArn", { defaultActions: [{ type: "forward" }] }],
] as const) {
  test(`a listener with ${what} is refused at ${path}`, () => {
    assert.deepEqual(wrongAt(listener, { loadBalancerArn: "x", port: 80, defaultActions: [forward], ...given }), [
      path,
    ]);
  });
}

for (const [what, path, given] of [
  ["one subnet", "subnets", { subnets: subnets.slice(0, 1) }],
  ["the type network", "loadBalancerType", { subnets, loadBalancerType: "network" }],
  ["a reserved name", "name", { subnets, name: "internal-x" }],
] as const) {
  test(`a load balancer with ${what} is refused at ${path}`, () => {
    assert.deepEqual(wrongAt(loadBalancer, given), [path]);
  });
}

test("a health check's timeout must be below its interval", () => {
  const given = targetGroup.inputs.parse({ ...group, healthCheck: { interval: 5, timeout: 5 } });
  assert.deepEqual(
    targetGroup.check?.(given).map(({ property }) => property),
    ["healthCheck.timeout"],
  );
});

test("the suffix of an ARN is CloudWatch's name for it", () => {
  assert.equal(arnSuffix("arn:aws:elasticloadbalancing:r:1:loadbalancer/app/a/b"), "app/a/b");
  assert.equal(arnSuffix("arn:aws:elasticloadbalancing:r:1:targetgroup/a/b"), "targetgroup/a/b");
});
