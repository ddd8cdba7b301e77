import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { decryptValue, encryptValue } from "./encrypted-value.ts";

const secret = randomBytes(32);

test("an encrypted value decrypts to the original and does not show it", () => {
  const encrypted = encryptValue(secret, "/app/key", "gehéim");
  assert.equal(decryptValue(secret, "/app/key", encrypted), "gehéim");
  assert.equal(Buffer.from(encrypted, "base64").includes("geh"), false);
});

test("a changed value, or one of another parameter or account, does not decrypt", () => {
  const encrypted = encryptValue(secret, "/app/key", "secret");
  assert.throws(() => decryptValue(secret, "/app/other", encrypted));
  assert.throws(() => decryptValue(randomBytes(32), "/app/key", encrypted));
  const changed = Buffer.from(encrypted, "base64");
  changed[30] = (changed[30] ?? 0) ^ 1;
  assert.throws(() => decryptValue(secret, "/app/key", changed.toString("base64")));
});

test("each encryption of the same value gives a new text", () => {
  assert.notEqual(encryptValue(secret, "a", "x"), encryptValue(secret, "a", "x"));
});
