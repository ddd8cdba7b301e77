import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { EnvironmentError, readIssuerSettings, readMainApiSettings, readMigrationSettings } from "./environment.ts";

const folder = mkdtempSync(join(tmpdir(), "environment-"));
const passwordFile = join(folder, "password");
const caFile = join(folder, "ca.pem");
writeFileSync(passwordFile, "s3cret\n");
writeFileSync(caFile, "-----BEGIN CERTIFICATE-----\n");
after(() => {
  rmSync(folder, { recursive: true });
});

const good = {
  MODE: "kafka",
  DATABASE_HOST: "db",
  DATABASE_NAME: "gifticon",
  DATABASE_USER: "gifticon",
  DATABASE_PASSWORD_FILE: passwordFile,
  DATABASE_CA_FILE: caFile,
  KAFKA_BOOTSTRAP_SERVERS: "kafka:19092,other:19092",
};

describe("the environment", () => {
  test("becomes settings, with defaults", () => {
    const settings = readMainApiSettings(good);
    assert.equal(settings.database.password, "s3cret");
    assert.deepEqual(settings.kafka, { brokers: ["kafka:19092", "other:19092"], topic: "coupon_create" });
    assert.deepEqual([settings.port, settings.database.port, settings.database.poolSize], [PORTS.api, 5432, 10]);
    assert.equal(settings.maxPending, undefined);
    assert.equal(readMainApiSettings({ ...good, MAX_PENDING: "25" }).maxPending, 25);
    assert.equal(readIssuerSettings(good).groupId, "group_1");
  });

  test("needs no broker in direct mode", () => {
    const environment = { ...good, MODE: "direct", KAFKA_BOOTSTRAP_SERVERS: undefined };
    assert.equal(readMainApiSettings(environment).mode, "direct");
  });

  test("disables TLS only by an explicit setting", () => {
    const rest = { ...good, DATABASE_CA_FILE: undefined };
    assert.equal(readMainApiSettings({ ...rest, DATABASE_TLS: "off" }).database.ca, undefined);
    assert.throws(() => readMainApiSettings(rest), /DATABASE_CA_FILE is required, unless DATABASE_TLS=off/);
  });

  const wrong: [Record<string, string | undefined>, RegExp][] = [
    [{ MODE: "both" }, /MODE="both" must be one of kafka, direct/],
    [{ MODE: undefined }, /MODE is required/],
    [{ DATABASE_HOST: undefined }, /DATABASE_HOST is required/],
    [{ DATABASE_HOST: "" }, /DATABASE_HOST="" must not be empty/],
    [{ PORT: "65536" }, /PORT="65536" must be an integer from 0 to 65535/],
    [{ MAX_PENDING: "0" }, /MAX_PENDING="0" must be an integer from 1 to 1000000/],
    [{ DATABASE_POOL_SIZE: "0" }, /DATABASE_POOL_SIZE="0" must be an integer from 1 to 1000/],
    [{ DATABASE_PASSWORD_FILE: "/nowhere" }, /DATABASE_PASSWORD_FILE="\/nowhere" can't be read: ENOENT/],
    [{ KAFKA_BOOTSTRAP_SERVERS: undefined }, /KAFKA_BOOTSTRAP_SERVERS is required with MODE=kafka/],
    [{ KAFKA_BOOTSTRAP_SERVERS: "kafka" }, /KAFKA_BOOTSTRAP_SERVERS="kafka" must be host:port/],
    [{ KAFKA_TOPIC: "a b" }, /KAFKA_TOPIC="a b" may hold letters/],
    [{ LOG_LEVEL: "loud" }, /LOG_LEVEL="loud" must be one of fatal/],
  ];
  for (const [change, message] of wrong) {
    test(`is rejected with ${JSON.stringify(change)}`, () => {
      assert.throws(
        () => readMainApiSettings({ ...good, ...change }),
        (error) => error instanceof EnvironmentError && message.test(error.message),
      );
    });
  }

  test("names every wrong variable at once", () => {
    assert.throws(
      () => readMainApiSettings({ ...good, PORT: "x", DATABASE_PORT: "x" }),
      / PORT="x"[^]* DATABASE_PORT="x"| DATABASE_PORT="x"[^]* PORT="x"/,
    );
  });

  test("has no issuer in direct mode", () => {
    assert.throws(() => readIssuerSettings({ ...good, MODE: "direct" }), /MODE="direct" must be kafka/);
  });
});

describe("the environment of the migrations", () => {
  const migration = {
    ...good,
    EVENT_STOCK: "1000",
    SERVICE_USER: "service",
    SERVICE_PASSWORD_FILE: passwordFile,
    SERVICE_CONNECTIONS: "72",
    LOAD_TEST_USER: "load-test",
  };

  test("becomes the declared contents; without load tests their role can't log in", () => {
    const { declared } = readMigrationSettings(migration);
    assert.deepEqual(declared, {
      eventStock: 1000,
      roles: {
        service: { user: "service", password: "s3cret", connections: 72 },
        loadTest: { user: "load-test", password: undefined, connections: 4 },
      },
    });
  });

  const wrong: [Record<string, string | undefined>, RegExp][] = [
    [{ EVENT_STOCK: "-1" }, /EVENT_STOCK="-1" must be an integer from 0/],
    [{ EVENT_STOCK: "1.5" }, /EVENT_STOCK="1.5" must be an integer/],
    [{ SERVICE_PASSWORD_FILE: undefined }, /SERVICE_PASSWORD_FILE is required/],
    [{ DATABASE_CA_FILE: undefined }, /DATABASE_CA_FILE is required, unless DATABASE_TLS=off/],
  ];
  for (const [change, message] of wrong) {
    test(`is rejected with ${JSON.stringify(change)}`, () => {
      assert.throws(
        () => readMigrationSettings({ ...migration, ...change }),
        (error) => error instanceof EnvironmentError && message.test(error.message),
      );
    });
  }
});
