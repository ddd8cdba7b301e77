import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { openValue, sealValue } from "./sealed-value.ts";

const secret = randomBytes(32);

test("a sealed value opens to what it was, and does not show it", () => {
  const sealed = sealValue(secret, "/app/key", "gehéim");
  assert.equal(openValue(secret, "/app/key", sealed), "gehéim");
  assert.equal(Buffer.from(sealed, "base64").includes("geh"), false);
});

test("it opens neither for another parameter, nor for another account, nor changed", () => {
  const sealed = sealValue(secret, "/app/key", "secret");
  assert.throws(() => openValue(secret, "/app/other", sealed));
  assert.throws(() => openValue(randomBytes(32), "/app/key", sealed));
  const changed = Buffer.from(sealed, "base64");
  changed[30] = (changed[30] ?? 0) ^ 1;
  assert.throws(() => openValue(secret, "/app/key", changed.toString("base64")));
});

test("the same value is sealed differently each time", () => {
  assert.notEqual(sealValue(secret, "a", "x"), sealValue(secret, "a", "x"));
});
