import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { policiesOf } from "./policies.ts";

const urn = "urn:pulumi:dev::gifticon-event::aws:rds/instance:Instance::database";

/** Returns the reports of a policy on a stack of one database. */
async function reported(
  props: object,
  exceptions: Parameters<typeof policiesOf>[0] = [],
  others: PolicyResource[] = [],
): Promise<[string, string?][]> {
  const policy = policiesOf(exceptions, () => "2026-11-22").find(({ name }) => name === "private-database");
  assert.ok(policy);
  const found: [string, string?][] = [];
  const database = { type: "aws:rds/instance:Instance", name: "database", urn, props } as PolicyResource;
  const args = { resources: [...others, database] } as unknown as StackValidationArgs;
  await policy.validateStack(args, (message, about) => {
    found.push([message, ...(about === undefined ? [] : [about])] as [string, string?]);
  });
  return found;
}

test("a policy reports a violation with the URN of its resource", async () => {
  assert.deepEqual(await reported({ publiclyAccessible: false }), []);
  const [[message, about] = []] = await reported({ publiclyAccessible: true });
  assert.match(message ?? "", /^database publiclyAccessible is not false\. Only the services use it/);
  assert.equal(about, urn);
});

test("among resources that share a name, the one that breaks the rule is reported", async () => {
  const component = { type: "gifticon-event:infra:Database", name: "database", urn: "urn:component", props: {} };
  const [[, about] = []] = await reported({ publiclyAccessible: true }, [], [component as PolicyResource]);
  assert.equal(about, urn);
});

test("a violation that an exception covers isn't reported", async () => {
  const exception = {
    rule: "private-database",
    stack: "dev",
    subject: "database",
    reason: "A migration",
    until: "2026-12-01",
  };
  assert.deepEqual(await reported({ publiclyAccessible: true }, [exception]), []);
});

test("unknown inputs are left out", async () => {
  const props = {
    publiclyAccessible: false,
    get address(): string {
      throw new Error("not known during a preview");
    },
  };
  assert.deepEqual(await reported(props), []);
});

test("mandatory rules stop the engine", () => {
  for (const { enforcementLevel } of policiesOf([], () => "2026-11-22")) assert.equal(enforcementLevel, "mandatory");
});
