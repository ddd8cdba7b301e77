import assert from "node:assert/strict";
import { test } from "node:test";
import { parameterNameFault, parameterResource } from "./parameter-name.ts";

for (const name of ["key", "/app/key", "/a/b.c_d-e", `/${"x/".repeat(14)}y`, "a".repeat(1_011)]) {
  test(`a parameter may be named ${name.slice(0, 30)}`, () => {
    assert.equal(parameterNameFault(name), undefined);
  });
}

for (const name of [
  "",
  "app/key",
  "/app//key",
  "/app/",
  "/a b",
  "awskey",
  "/aws/key",
  "/SSM-key",
  "/x".repeat(16),
  "a".repeat(1_012),
]) {
  test(`a parameter may not be named ${JSON.stringify(name.slice(0, 30))}`, () => {
    assert.notEqual(parameterNameFault(name), undefined);
  });
}

test("the ARN does not double a leading slash", () => {
  assert.equal(parameterResource("/app/key"), "parameter/app/key");
  assert.equal(parameterResource("key"), "parameter/key");
});
