import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exception } from "../policy/exceptions.ts";
import { tags } from "../policy/testing.ts";
import { breaksGuardrails, findingsOf } from "./findings.ts";
import type { Resource, StackPlan } from "./plan.ts";
import { report } from "./report.ts";

const TODAY = "2026-11-22";
const host = (changed: object = {}): Resource[] => [
  {
    urn: "urn:pulumi:dev::gifticon-event::aws:ec2/instance:Instance::worker-1",
    type: "aws:ec2/instance:Instance",
    name: "worker-1",
    custom: true,
    inputs: {
      tags,
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1, ...changed },
      rootBlockDevice: { encrypted: true },
    },
    outputs: {},
    dependencies: [],
  },
];
const sound = host();
const open = host({ httpPutResponseHopLimit: 2 });
const planOf = (before: Resource[], after: Resource[]): StackPlan => ({
  stack: "dev",
  region: "ap-northeast-2",
  before,
  after,
  changes: [],
  dockerfiles: { before: {}, after: {} },
  assumptions: [],
});
const judged = (before: Resource[], after: Resource[], exceptions: Exception[] = []) => {
  const plan = planOf(before, after);
  const findings = findingsOf(plan, exceptions, TODAY);
  return { findings, broken: breaksGuardrails(findings), text: report("main", [{ plan, findings }]) };
};
const ids = (all: readonly { rule: { id: string } }[]) => all.map(({ rule }) => rule.id);
const until = (day: string): Exception[] => [
  { rule: "imds-v2", stack: "dev", subject: "worker-1", reason: "An agent in a container", until: day },
];

test("a sound change breaks nothing", () => {
  const { findings, broken } = judged(sound, sound);
  assert.deepEqual(findings.violations, []);
  assert.equal(broken, false);
});

test("what a change breaks is the change's", () => {
  const { findings, broken, text } = judged(sound, open);
  assert.deepEqual(ids(findings.fresh), ["imds-v2"]);
  assert.equal(broken, true);
  assert.match(text, /\*\*1 new violation of mandatory guardrails\.\*\*/);
});

test("what was broken before is told, and is not the change's", () => {
  const { findings, broken, text } = judged(open, open);
  assert.deepEqual([ids(findings.fresh), ids(findings.known)], [[], ["imds-v2"]]);
  assert.equal(broken, false);
  assert.match(
    text,
    /Guardrails: no new violation\.\n\n\*\*Guardrails, broken before:\*\*\n\n- ❌ `imds-v2`: `worker-1`/,
  );
});

test("what was broken before in one way and is broken in another is the change's", () => {
  const { findings, broken } = judged(open, host({ httpPutResponseHopLimit: 2, httpTokens: "optional" }));
  assert.equal(ids(findings.fresh).includes("imds-v2"), true);
  assert.equal(broken, true);
});

test("an exception lets a violation pass through its last day, and no longer, whoever brought it", () => {
  const held = judged(open, open, until(TODAY));
  assert.equal(held.broken, false);
  assert.equal(held.findings.excepted.length, 1);
  const { findings, broken, text } = judged(open, open, until("2026-11-21"));
  assert.deepEqual([ids(findings.ended), ids(findings.known)], [["imds-v2"], []]);
  assert.equal(broken, true);
  assert.match(text, /\*\*Guardrails whose exception has ended:\*\*\n\n- ❌ `imds-v2`: `worker-1`/);
});
