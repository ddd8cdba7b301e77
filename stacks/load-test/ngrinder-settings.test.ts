import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { instanceCores } from "../../infra/config/instance-types.ts";
import { controllerSettings, processPolicy, USERS } from "./ngrinder-settings.ts";

interface Policy {
  getProcessCount(users: number): number;
  getThreadCount(users: number): number;
}

/** Returns the functions that the controller's page calls. */
function policyOf(cores: number): Policy {
  return runInNewContext(`${processPolicy(cores)}; ({ getProcessCount, getThreadCount })`) as Policy;
}

function divide(policy: Policy, users: number): { processes: number; threads: number } {
  return { processes: policy.getProcessCount(users), threads: policy.getThreadCount(users) };
}

test("the event's users get one process a core, and none is omitted", () => {
  assert.deepEqual(divide(policyOf(4), USERS), { processes: 4, threads: 1_500 });
  for (const cores of new Set(Object.values(instanceCores))) {
    const { processes, threads } = divide(policyOf(cores), USERS);
    assert.equal(processes, cores);
    assert.equal(processes * threads, USERS);
  }
});

test("few users get few processes, and the number of users is never exceeded", () => {
  const policy = policyOf(4);
  assert.deepEqual(divide(policy, 1), { processes: 1, threads: 1 });
  assert.deepEqual(divide(policy, 50), { processes: 1, threads: 50 });
  assert.deepEqual(divide(policy, 1_000), { processes: 2, threads: 500 });
  for (let users = 1; users <= USERS; users += 1) {
    const { processes, threads } = divide(policy, users);
    assert.ok(processes * threads <= users && processes * threads > users - processes, String(users));
  }
});

test("the controller accepts the event's users on one agent", () => {
  assert.match(controllerSettings(), new RegExp(`^controller\\.max_vuser_per_agent=${USERS}$`, "m"));
});
