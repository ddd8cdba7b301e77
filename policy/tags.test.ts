import assert from "node:assert/strict";
import { test } from "node:test";
import { tagged } from "./tags.ts";
import { findings, resource, tags } from "./testing.ts";

test("every taggable resource has the tags Project, Stack and Name", () => {
  const vpc = (inputs: Record<string, unknown>) => [resource("aws:ec2/vpc:Vpc", "vpc", inputs)];
  assert.deepEqual(findings(tagged, [...vpc({ tags }), resource("aws:ec2/route:Route", "internet", {})]), []);
  assert.deepEqual(findings(tagged, vpc({})), [{ subject: "vpc", message: "has no tag Project, Stack, Name" }]);
  assert.deepEqual(findings(tagged, vpc({ tags: { ...tags, Stack: "local" } })), [
    { subject: "vpc", message: "has the tag Stack of local" },
  ]);
});
