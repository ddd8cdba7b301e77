import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseTls, deletionProtection, encryptedDatabase, privateDatabase } from "./database.ts";
import { deployment, findings, resource } from "./testing.ts";

const database = (inputs: Record<string, unknown>) => [resource("aws:rds/instance:Instance", "database", inputs)];
const subject = "database";

test("databases are encrypted", () => {
  assert.deepEqual(findings(encryptedDatabase, database({ storageEncrypted: true })), []);
  assert.deepEqual(findings(encryptedDatabase, database({})), [{ subject, message: "storageEncrypted is not true" }]);
});

test("no database is public", () => {
  assert.deepEqual(findings(privateDatabase, database({ publiclyAccessible: false })), []);
  const found = findings(privateDatabase, database({ publiclyAccessible: true }));
  assert.deepEqual(found, [{ subject, message: "publiclyAccessible is not false" }]);
});

test("the database refuses connections without TLS, and services verify it", () => {
  const group = (value: string) =>
    resource("aws:rds/parameterGroup:ParameterGroup", subject, { parameters: [{ name: "rds.force_ssl", value }] });
  assert.deepEqual(findings(databaseTls, [group("1"), deployment({})]), []);
  assert.deepEqual(findings(databaseTls, [group("0")]), [{ subject, message: "the parameter rds.force_ssl is not 1" }]);
  assert.deepEqual(findings(databaseTls, [deployment({ environment: { DATABASE_HOST: "x" } })]), [
    { subject: "gifticon/main-api", message: "uses the database without DATABASE_CA_FILE" },
  ]);
});

test("databases outside of test stacks are protected from deletion", () => {
  assert.deepEqual(findings(deletionProtection, database({ deletionProtection: true })), []);
  assert.deepEqual(findings(deletionProtection, database({ deletionProtection: false }), { stack: "local" }), []);
  const found = findings(deletionProtection, database({ deletionProtection: false }), { stack: "production" });
  assert.deepEqual(found, [{ subject, message: "deletionProtection is not true" }]);
});
