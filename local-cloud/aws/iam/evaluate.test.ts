import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, matchesWildcard } from "./evaluate.ts";
import { parsePolicy } from "./policy-document.ts";

const statements = (...list: object[]) =>
  parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: list }), "identity");
const parameter = "arn:aws:ssm:eu-west-1:000000000001:parameter";
const get = { action: "ssm:GetParameter", resource: `${parameter}/app/key` };

test("nothing is allowed by default", () => {
  assert.equal(decide([], get), "implicitDeny");
});

test("an action matches in any case, and by wildcards", () => {
  assert.equal(decide(statements({ Effect: "Allow", Action: "SSM:getparam*", Resource: "*" }), get), "allowed");
  assert.equal(decide(statements({ Effect: "Allow", Action: "ssm:PutParameter", Resource: "*" }), get), "implicitDeny");
});

test("a resource matches in the same case only, and by wildcards", () => {
  assert.equal(
    decide(statements({ Effect: "Allow", Action: "ssm:*", Resource: `${parameter}/app/*` }), get),
    "allowed",
  );
  assert.equal(
    decide(statements({ Effect: "Allow", Action: "ssm:*", Resource: `${parameter}/App/*` }), get),
    "implicitDeny",
  );
});

test("a Deny overrides an Allow", () => {
  const all = { Effect: "Allow", Action: "*", Resource: "*" };
  const deny = { Effect: "Deny", Action: "ssm:*", Resource: `${parameter}/app/*` };
  assert.equal(decide(statements(all, deny), get), "explicitDeny");
  assert.equal(decide(statements(all, deny), { ...get, resource: `${parameter}/other` }), "allowed");
});

test("NotAction and NotResource match everything else", () => {
  assert.equal(decide(statements({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), get), "allowed");
  assert.equal(
    decide(statements({ Effect: "Allow", Action: "*", NotResource: `${parameter}/app/*` }), get),
    "implicitDeny",
  );
});

const inRegion = (effect: string, region: string) =>
  statements({
    Effect: effect,
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:RequestedRegion": region } },
  });

test("a condition must hold, and fails for a key that the request doesn't have", () => {
  const context = { "aws:RequestedRegion": "eu-west-1" };
  assert.equal(decide(inRegion("Allow", "eu-west-1"), { ...get, context }), "allowed");
  assert.equal(decide(inRegion("Allow", "us-east-1"), { ...get, context }), "implicitDeny");
  assert.equal(decide(inRegion("Allow", "eu-west-1"), get), "implicitDeny");
});

test("a condition with an unsupported operator never allows and always denies", () => {
  const Condition = { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } };
  assert.equal(decide(statements({ Effect: "Allow", Action: "*", Resource: "*", Condition }), get), "implicitDeny");
  assert.equal(decide(statements({ Effect: "Deny", Action: "*", Resource: "*", Condition }), get), "explicitDeny");
});

test("? matches one character, and other characters match themselves", () => {
  assert.equal(matchesWildcard("a?c", "abc"), true);
  assert.equal(matchesWildcard("a?c", "ac"), false);
  assert.equal(matchesWildcard("a.c", "abc"), false);
});
