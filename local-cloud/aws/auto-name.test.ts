import assert from "node:assert/strict";
import { test } from "node:test";
import { fillName, hasExplicitName, nameConflict } from "./auto-name.ts";

const context = { name: "main", randomSuffix: (length: number) => "0123456789abcdef0123456789abcdef".slice(0, length) };

test("an explicit name is kept", () => {
  assert.deepEqual(fillName("name", { name: "mine" }, undefined, context), { name: "mine" });
});

test("an absent name is made from the logical name, and updates keep it", () => {
  assert.deepEqual(fillName("name", {}, undefined, context), { name: "main-0123456" });
  assert.deepEqual(fillName("name", {}, { name: "main-fedcba9" }, context), { name: "main-fedcba9" });
});

test("an automatic name is kept when an alias renames the resource", () => {
  assert.deepEqual(fillName("name", {}, { name: "former-fedcba9" }, context), { name: "former-fedcba9" });
});

test("a former explicit name is replaced by an automatic one", () => {
  assert.deepEqual(fillName("name", {}, { name: "mine" }, context), { name: "main-0123456" });
});

test("a prefix gets 26 digits, and the name is kept until the prefix changes", () => {
  const first = fillName("name", { namePrefix: "p-" }, undefined, context);
  assert.equal((first["name"] as string).length, 28);
  const old = { name: `p-${"f".repeat(26)}` };
  assert.equal(fillName("name", { namePrefix: "p-" }, old, context)["name"], old.name);
  assert.notEqual(fillName("name", { namePrefix: "q-" }, old, context)["name"], old.name);
});

test("only a name without an automatic suffix is explicit", () => {
  assert.equal(hasExplicitName("name", { name: "mine" }), true);
  assert.equal(hasExplicitName("name", { name: "main-0123456" }), false);
  assert.equal(hasExplicitName("name", { name: "p-x", namePrefix: "p-" }), false);
});

test("a name conflicts with a prefix that it doesn't begin with", () => {
  assert.deepEqual(
    nameConflict("name", { name: "mine", namePrefix: "p-" }).map(({ property }) => property),
    ["namePrefix"],
  );
  assert.deepEqual(nameConflict("name", { name: "p-0123", namePrefix: "p-" }), []);
});
