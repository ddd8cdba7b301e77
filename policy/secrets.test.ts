import assert from "node:assert/strict";
import { test } from "node:test";
import { noSecretsInEnvironment } from "./secrets.ts";
import { deployment, findings } from "./testing.ts";

const subject = "gifticon/main-api";
const sound = [deployment({})];

/** Returns the keys in a service's environment that the rule reports. */
const secretKeys = (environment: unknown) =>
  findings(noSecretsInEnvironment, [deployment({ environment })]).map(({ message }) =>
    message.replace(/^has (.*) in its environment$/, "$1"),
  );

test("a secret in an environment is reported, and the path of a secret isn't", () => {
  assert.deepEqual(findings(noSecretsInEnvironment, sound), []);
  assert.deepEqual(findings(noSecretsInEnvironment, [deployment({ environment: { DATABASE_PASSWORD: "x" } })]), [
    { subject, message: "has DATABASE_PASSWORD in its environment" },
  ]);
  assert.deepEqual(secretKeys({ API_TOKEN: "x", CA_PATH: "/x", SECRET_NAME: "x", SECRET_ARN: "x" }), ["API_TOKEN"]);
});

test("a secret is recognised by its variable's name", () => {
  for (const key of [
    "DB_PASS",
    "MYSQL_PWD",
    "SMTP_PASSWD",
    "KEY_PASSPHRASE",
    "API_KEY",
    "apikey",
    "SIGNING_KEY",
    "ENCRYPTION_KEY",
    "REDIS_AUTH",
    "AWS_ACCESS_KEY_ID",
    "SASL_JAAS_CONFIG",
  ]) {
    assert.deepEqual(secretKeys({ [key]: "x" }), [key]);
  }
  const harmless = { KAFKA_GROUP_ID: "x", PASSENGERS: 3, KEYS: 2, PARTITION_KEY: "user", AUTHOR: "x", BYPASS: "no" };
  assert.deepEqual(secretKeys(harmless), []);
});

test("a variable named as a path must hold a path", () => {
  assert.deepEqual(secretKeys({ PASSWORD_FILE: "hunter2" }), ["PASSWORD_FILE"]);
  assert.deepEqual(secretKeys({ TOKEN_PATH: "/run/secrets/token" }), []);
});

test("a secret is recognised by its pattern, whatever its name", () => {
  for (const value of [
    "postgres://user:word@host/name",
    "redis://:word@host",
    "host=database user=api password=word",
    "jdbc:postgresql://database/x?user=api&password=word",
    "AKIAABCDEFGHIJKLMNOP",
    "-----BEGIN EC PRIVATE KEY-----\nAAAA",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0abc.signature",
    "SWMTKN-1-abc-def",
  ]) {
    assert.deepEqual(secretKeys({ SETTING: value }), ["SETTING"], value);
    assert.deepEqual(secretKeys([`SETTING=${value}`]), ["SETTING"], "the environment as a list");
  }
  assert.deepEqual(secretKeys({ URL: "https://host:443/a@b", OPTIONS: "password=/run/secrets/password" }), []);
});

test("a secret is recognised by its origin in a review", () => {
  const plan = { isSecret: (text: string) => text.includes("made-up") };
  assert.deepEqual(findings(noSecretsInEnvironment, [deployment({ environment: { WORD: "made-up-1" } })], plan), [
    { subject, message: "has WORD in its environment" },
  ]);
});

test("secrets in commands, health checks and Dockerfiles are reported", () => {
  const url = "postgres://user:word@host/name";
  assert.deepEqual(findings(noSecretsInEnvironment, [deployment({ command: ["migrate", url] })]), [
    { subject, message: "has a secret in its command" },
  ]);
  const healthcheck = { test: ["CMD", "psql", url], start_interval: "1s" };
  assert.deepEqual(findings(noSecretsInEnvironment, [deployment({ healthcheck })]), [
    { subject, message: "has a secret in its health check" },
  ]);
  const dockerfiles = {
    "services/a/Dockerfile":
      'FROM node\nENV NODE_ENV=production \\\n    API_TOKEN="a b"\nARG DB_PASS=x\nARG API_KEY\nENV PGPASSWORD word\n',
  };
  assert.deepEqual(
    findings(noSecretsInEnvironment, [], { dockerfiles }).map(({ subject: path, message }) => `${path} ${message}`),
    ["API_TOKEN", "DB_PASS", "PGPASSWORD"].map((key) => `services/a/Dockerfile has ${key} in its environment`),
  );
});
