import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPolicy } from "../infra/plans/host-policy.ts";
import { noWildcards } from "./access.ts";
import { findings, resource } from "./testing.ts";

const policy = (document: unknown) => [
  resource("aws:iam/rolePolicy:RolePolicy", "worker-1", { policy: JSON.stringify(document) }),
];
const allow = (statement: Record<string, unknown>) => policy({ Statement: [{ Effect: "Allow", ...statement }] });

test("the policy of our hosts uses wildcards only where IAM accepts nothing else", () => {
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

test("wildcards within a name are wildcards too", () => {
  const messages = (statement: Record<string, unknown>) =>
    findings(noWildcards, allow(statement)).map(({ message }) => message);
  assert.deepEqual(messages({ Action: "s3:Get?bject", Resource: "arn:aws:s3:::x/y" }), ["allows s3:Get?bject"]);
  assert.deepEqual(messages({ Action: "ssm:GetParameter", Resource: ["arn:aws:ssm:*:*:parameter/*"] }), [
    "allows ssm:GetParameter on arn:aws:ssm:*:*:parameter/*",
  ]);
  assert.deepEqual(messages({ Action: "s3:GetObject", Resource: "arn:aws:s3:::?" }), [
    "allows s3:GetObject on arn:aws:s3:::?",
  ]);
  const own = "arn:aws:s3:::homes/${aws:username}/${*}";
  assert.deepEqual(
    messages({ Action: "s3:GetObject", Resource: own }),
    [],
    "a variable, and a star that stands for itself",
  );
});

test("NotPrincipal counts as everyone", () => {
  const trust = { Action: "sts:AssumeRole", NotPrincipal: { AWS: "arn:aws:iam::1:root" } };
  assert.deepEqual(findings(noWildcards, allow(trust)), [
    { subject: "worker-1", message: "lets anyone but some assume it (NotPrincipal)" },
  ]);
});

test("policies are found in every input that holds one, and an unreadable policy is reported", () => {
  const everything = { Statement: [{ Effect: "Allow", Action: "*", Resource: "arn:x" }] };
  const found = [{ subject: "worker-1", message: "allows *" }];
  const role = (inputs: Record<string, unknown>) => [resource("aws:iam/role:Role", "worker-1", inputs)];
  const indented = `\n  ${JSON.stringify(everything)}`;
  assert.deepEqual(findings(noWildcards, [resource("aws:iam/policy:Policy", "worker-1", { policy: indented })]), found);
  assert.deepEqual(
    findings(noWildcards, [resource("aws:iam/policy:Policy", "worker-1", { policy: everything })]),
    found,
  );
  assert.deepEqual(findings(noWildcards, role({ inlinePolicies: [{ policy: JSON.stringify(everything) }] })), found);
  assert.deepEqual(findings(noWildcards, role({ assumeRolePolicy: "Allow all" })), [
    { subject: "worker-1", message: "has a policy that is no JSON" },
  ]);
});

test("AWS managed policies count as wildcards, however they are attached", () => {
  const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
  const found = [{ subject: "worker-1", message: `has ${arn}, a policy of Amazon's with wildcards` }];
  const attach = (type: string, inputs: Record<string, unknown>) =>
    findings(noWildcards, [resource(type, "worker-1", inputs)]);
  assert.deepEqual(attach("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn: arn }), found);
  assert.deepEqual(attach("aws:iam/role:Role", { managedPolicyArns: [arn] }), found);
  const own = "arn:aws:iam::123456789012:policy/ours";
  assert.deepEqual(attach("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn: own }), []);
});

test("in a resource's own policy, principals and actions are checked, and resources are not", () => {
  const open = (statement: Record<string, unknown>) =>
    findings(noWildcards, [
      resource("aws:ecr/repositoryPolicy:RepositoryPolicy", "worker-1", {
        policy: JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] }),
      }),
    ]).map(({ message }) => message);
  const one = { AWS: "arn:aws:iam::123456789012:root" };
  assert.deepEqual(open({ Principal: one, Action: "ecr:BatchGetImage", Resource: "*" }), []);
  assert.deepEqual(open({ Principal: "*", Action: "ecr:BatchGetImage" }), ["lets anyone use it"]);
  assert.deepEqual(open({ Principal: one, Action: "ecr:*" }), ["allows ecr:*"]);
});
