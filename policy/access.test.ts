import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPolicy } from "../infra/host-policy.ts";
import { noWildcards } from "./access.ts";
import { findings, resource } from "./testing.ts";

const policy = (document: unknown) => [
  resource("aws:iam/rolePolicy:RolePolicy", "worker-1", { policy: JSON.stringify(document) }),
];
const allow = (statement: Record<string, unknown>) => policy({ Statement: [{ Effect: "Allow", ...statement }] });

test("a host's rights have wildcards only where IAM knows no resource", () => {
  const rights = hostPolicy({ parameters: ["arn:aws:ssm:x"], repositories: ["arn:aws:ecr:x"], sessionManager: true });
  assert.deepEqual(findings(noWildcards, policy(rights)), []);
  assert.deepEqual(findings(noWildcards, policy({ Statement: { Effect: "Deny", Action: "*", Resource: "*" } })), []);
});

test("wildcards in actions, resources and principals are found", () => {
  const messages = (statement: Record<string, unknown>) =>
    findings(noWildcards, allow(statement)).map(({ message }) => message);
  assert.deepEqual(messages({ Action: "s3:*", Resource: "arn:aws:s3:::x" }), ["allows s3:*"]);
  assert.deepEqual(messages({ Action: ["ssm:GetParameter"], Resource: "*" }), [
    "allows ssm:GetParameter on every resource",
  ]);
  assert.deepEqual(messages({ NotAction: "iam:*", Resource: "arn:x" }), ["allows all actions but some (NotAction)"]);
  assert.deepEqual(messages({ Action: "sts:AssumeRole", Principal: { AWS: "*" } }), ["lets anyone assume it"]);
});
