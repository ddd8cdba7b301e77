import assert from "node:assert/strict";
import { test } from "node:test";
import { fillName, hasExplicitName, nameConflict } from "./auto-name.ts";

const context = { name: "main", randomSuffix: (length: number) => "0123456789abcdef0123456789abcdef".slice(0, length) };

test("a name that is given stays", () => {
  assert.deepEqual(fillName("name", { name: "mine" }, undefined, context), { name: "mine" });
});

test("a name that is left open comes from the logical name, and stays over updates", () => {
  assert.deepEqual(fillName("name", {}, undefined, context), { name: "main-0123456" });
  assert.deepEqual(fillName("name", {}, { name: "main-fedcba9" }, context), { name: "main-fedcba9" });
});

test("a name that was made stays when the resource gets another logical name by an alias", () => {
  assert.deepEqual(fillName("name", {}, { name: "former-fedcba9" }, context), { name: "former-fedcba9" });
});

test("a name that was explicit and is left open now is a new one", () => {
  assert.deepEqual(fillName("name", {}, { name: "mine" }, context), { name: "main-0123456" });
});

test("a prefix gets 26 digits, kept as long as the prefix is", () => {
  const first = fillName("name", { namePrefix: "p-" }, undefined, context);
  assert.equal((first["name"] as string).length, 28);
  const old = { name: `p-${"f".repeat(26)}` };
  assert.equal(fillName("name", { namePrefix: "p-" }, old, context)["name"], old.name);
  assert.notEqual(fillName("name", { namePrefix: "q-" }, old, context)["name"], old.name);
});

test("only an explicit name is taken until the old resource is gone", () => {
  assert.equal(hasExplicitName("name", { name: "mine" }), true);
  assert.equal(hasExplicitName("name", { name: "main-0123456" }), false);
  assert.equal(hasExplicitName("name", { name: "p-x", namePrefix: "p-" }), false);
});

test("a name and a prefix together are refused", () => {
  assert.deepEqual(
    nameConflict("name", { name: "mine", namePrefix: "p-" }).map(({ property }) => property),
    ["namePrefix"],
  );
  assert.deepEqual(nameConflict("name", { name: "p-0123", namePrefix: "p-" }), []);
});
