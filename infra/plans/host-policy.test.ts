import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPolicy } from "./host-policy.ts";

const actions = (rights: Parameters<typeof hostPolicy>[0]) =>
  hostPolicy(rights).Statement.map(({ Sid, Resource }) => [Sid, Resource]);

test("a host reads its own parameters and pulls from its own repositories", () => {
  assert.deepEqual(actions({ parameters: ["arn:p"], repositories: ["arn:r"], sessionManager: false }), [
    ["ReadOwnKeys", ["arn:p"]],
    ["LogInToRegistry", "*"],
    ["PullImages", ["arn:r"]],
  ]);
});

test("a host without images has no rights to the registry, and Session Manager is optional", () => {
  assert.deepEqual(actions({ parameters: ["arn:p"], repositories: [], sessionManager: true }), [
    ["ReadOwnKeys", ["arn:p"]],
    ["SessionManager", "*"],
  ]);
});
