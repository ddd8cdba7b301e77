import assert from "node:assert/strict";
import { test } from "node:test";
import type { Properties } from "../../provider/resource-type.ts";
import { omit } from "../omit.ts";
import { parameter } from "./parameter.ts";

const before: Properties = { name: "/notes/open", type: "String", value: "sesame", dataType: "text", tier: "Advanced" };

function replaces(change: Properties, olds = before): string[] {
  assert.ok(typeof parameter.replaceOn === "function");
  return parameter.replaceOn(olds, { ...before, ...change });
}

test("another name, data type or a lower tier replaces a parameter", () => {
  assert.deepEqual(replaces({ name: "/notes/closed" }), ["name"]);
  assert.deepEqual(replaces({ dataType: "aws:ec2:image" }), ["dataType"]);
  assert.deepEqual(replaces({ tier: "Standard" }), ["tier"]);
});

test("another value, type or a higher tier changes a parameter in place", () => {
  assert.deepEqual(replaces({ value: "open", type: "SecureString" }), []);
  assert.deepEqual(replaces({ tier: "Advanced" }, { ...before, tier: "Standard" }), []);
});

test("a program that drops the data type keeps the parameter", () => {
  assert.ok(typeof parameter.replaceOn === "function");
  assert.deepEqual(parameter.replaceOn(before, omit(before, "dataType")), []);
});
