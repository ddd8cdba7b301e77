import assert from "node:assert/strict";
import { test } from "node:test";
import { secret } from "local-cloud/dry-run/synthetic-values.ts";
import { labels } from "./labels.ts";
import type { Resource } from "./plan.ts";

const host = (id: string): Resource => ({
  urn: "urn",
  type: "aws:ec2/instance:Instance",
  name: "worker-1",
  custom: true,
  inputs: { instanceType: "t3.micro" },
  outputs: { id, instanceType: "t3.micro" },
  dependencies: [],
});

test("a synthetic value is shown by its origin, and marked as new if the change replaces it", () => {
  const show = labels([host("i-00000001")], [host("i-00000002")]);
  assert.equal(show.before("on i-00000001, t3.micro"), "on {worker-1.id}, t3.micro");
  assert.equal(show.after("on i-00000002, not i-00000001"), "on {worker-1.id, new}, not {worker-1.id}");
});

test("secrets are masked anywhere in a text", () => {
  const show = labels([], []);
  assert.equal(show.after(`TOKEN='${secret("0123456789abcdef0123456789")}'`), "TOKEN='[secret]'");
});
