import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { findStatuses, issue, readStock } from "@gifticon/event-database/issue.ts";
import { prepareDatabase, type Declared } from "@gifticon/event-database/migrate.ts";
import { findReplayed, recordReplayed } from "@gifticon/event-database/replayed.ts";
import { findSchema } from "@gifticon/event-database/schema-watch.ts";
import { recordTopic } from "@gifticon/event-database/seen-topics.ts";
import { readTally } from "@gifticon/event-database/tally.ts";
import { REMOVE_LOAD_TEST_ROWS } from "@gifticon/load-agent/protocol.ts";
import type pg from "pg";
import { type DatabaseServer, startDatabase } from "../../services/testing/database.ts";

const ID = "00000000-0000-4000-8000-000000000001";
const PASSWORD = "a-password-for-tests";
const roles: Declared["roles"] = {
  service: { user: "gifticon_service", password: PASSWORD, connections: 8 },
  loadTest: { user: "gifticon_load_test", password: PASSWORD, connections: 4 },
};
const declared: Declared = { eventStock: 10, roles };
const asService = { user: "gifticon_service", password: PASSWORD };
const asLoadTest = { user: "gifticon_load_test", password: PASSWORD };

let server: DatabaseServer;
let owner: pg.Pool;
let service: pg.Pool;
let loadTest: pg.Pool;
before(async () => {
  server = await startDatabase();
  await server.create("event");
  owner = server.connect("event");
  await prepareDatabase(owner, declared);
  service = server.connect("event", asService);
  loadTest = server.connect("event", asLoadTest);
});
after(async () => {
  await Promise.all([owner, service, loadTest].map((pool) => pool.end()));
  await server[Symbol.asyncDispose]();
});

/** Adds a test for each statement that it is refused for a missing privilege. */
function refused(pool: () => pg.Pool, statements: readonly string[]): void {
  for (const statement of statements) {
    test(`may not: ${statement}`, async () => {
      await assert.rejects(pool().query(statement), { code: "42501" });
    });
  }
}

/** Statements that only the owner or the server may run. */
const NEVER = [
  "drop table gifticon_request",
  "drop function issue_gifticons",
  "truncate gifticon_request",
  "truncate gifticon_stock",
  "delete from gifticon_stock",
  "alter table gifticon_stock drop constraint gifticon_stock_check",
  "alter function issue_gifticons(uuid[], bigint[], bigint[], text[]) security invoker",
  "create table mine (id bigint)",
  "create temporary table mine (id bigint)",
  "create function mine() returns void language sql as ''",
  "create schema mine",
  "create role mine",
  "create database mine",
  "alter role current_user createrole",
  "alter role gifticon password 'mine'",
  "set role gifticon",
  "set role rds_superuser",
  "set session authorization gifticon",
  "grant gifticon to current_user",
  "select * from pg_authid",
  "select pg_read_file('/etc/passwd')",
  "copy gifticon_stock to program 'true'",
  "insert into gifticon_request (request_id, user_id, outcome, code, requested_at) values (gen_random_uuid(), 1, 'issued', 'mine', now())",
  "update gifticon_request set code = 'mine'",
  "update gifticon_stock set total = 11",
  "insert into schema_migration values (1000, 'mine')",
  "update schema_migration set version = 1000",
  "delete from dead_letter_replay",
  "delete from topic_met",
  "update topic_met set waited = 0",
];

describe("the role of the services", () => {
  test("may run all statements of the services", async () => {
    assert.deepEqual(await findSchema(service), { ok: true });
    const { issued } = await issue(service, [{ requestId: ID, userId: 1n, requestedAt: 0 }]);
    assert.equal(issued, 1);
    assert.equal((await findStatuses(service, [ID]))[0]?.status, "issued");
    assert.equal((await readStock(service)).total, 10);
    assert.equal((await readTally(service)).issued, 1);
    await recordReplayed(service, [ID]);
    await recordReplayed(service, [ID]);
    assert.deepEqual(await findReplayed(service, [ID]), new Set([ID]));
    assert.equal(await recordTopic(service, { id: "first", topic: "t", waited: undefined }), undefined);
    const again = { id: "again", topic: "t", waited: 3 };
    const seen = await recordTopic(service, again);
    assert.equal(seen?.waited, 3);
    assert.deepEqual(await recordTopic(service, { ...again, waited: 0 }), seen);
    assert.equal(await recordTopic(service, { id: "other", topic: "u", waited: undefined }), undefined);
  });

  refused(
    () => service,
    [
      ...NEVER,
      "delete from gifticon_request",
      "update gifticon_stock set remaining = 1000",
      "update gifticon_stock set rejected_sold_out = 0",
      "select from gifticon_stock for update",
      "select user_id from gifticon_request",
      "update dead_letter_replay set replayed_at = now()",
      "select count_connections()",
    ],
  );

  test("can't log in to another database, or open more connections than its limit", async () => {
    const elsewhere = server.connect("postgres", asService);
    await assert.rejects(elsewhere.query("select 1"), { code: "42501" });
    await elsewhere.end();
    const pools = [0, 1, 2].map(() => server.connect("event", asService));
    const clients = await Promise.allSettled(pools.flatMap((pool) => [0, 1, 2, 3].map(() => pool.connect())));
    const refusals = clients.flatMap((one) =>
      one.status === "rejected" ? [(one.reason as { code: string }).code] : [],
    );
    for (const one of clients) if (one.status === "fulfilled") one.value.release();
    await Promise.all(pools.map((pool) => pool.end()));
    assert.ok(refusals.length >= 4, `${refusals.length} of 12 connections were refused`);
    assert.deepEqual(new Set(refusals), new Set(["53300"]));
  });
});

describe("the role of the load test", () => {
  test("may run all statements of its agent: read, remove the rows of load tests, return their gifticons, vacuum", async () => {
    await issue(service, [
      { requestId: "00000000-0000-4000-8000-000000000002", userId: BigInt(LOAD_TEST_USERS.first), requestedAt: 0 },
    ]);
    const { remaining } = await readStock(owner);
    const client = await loadTest.connect();
    await client.query("begin");
    await client.query("select from gifticon_stock for update");
    const { rows } = await client.query<{ removed: string }>(REMOVE_LOAD_TEST_ROWS);
    await client.query("commit");
    assert.equal(rows[0]?.removed, "1");
    assert.equal((await readStock(client)).remaining, remaining + 1);
    const vacuums = "select vacuum_count from pg_stat_user_tables where relname = 'gifticon_request'";
    const before = await client.query<{ vacuum_count: string }>(vacuums);
    await client.query("vacuum (analyze) gifticon_request");
    const after = await client.query<{ vacuum_count: string }>(vacuums);
    assert.equal(Number(after.rows[0]?.vacuum_count), Number(before.rows[0]?.vacuum_count) + 1);
    const connections = await client.query<{ all: string; active: string }>("select * from count_connections()");
    assert.ok(Number(connections.rows[0]?.active) >= 1, "its own is active");
    client.release();
  });

  refused(
    () => loadTest,
    [
      ...NEVER,
      "select * from issue_gifticons('{}', '{}', '{}', '{}')",
      "select * from dead_letter_replay",
      "select * from topic_met",
      "select * from schema_migration",
    ],
  );

  test("can't log in without a load test, and can log in again with one", async () => {
    await prepareDatabase(owner, {
      ...declared,
      roles: { ...roles, loadTest: { ...roles.loadTest, password: undefined } },
    });
    const pool = server.connect("event", asLoadTest);
    await assert.rejects(pool.query("select 1"), { code: /28P01|28000/ });
    await prepareDatabase(owner, declared);
    await pool.query("select 1");
    await pool.end();
  });
});

describe("the next migration", () => {
  test("revokes privileges that were granted by hand", async () => {
    await owner.query("grant delete on gifticon_request to gifticon_service; grant create on schema public to public");
    await service.query("delete from gifticon_request where false");
    await prepareDatabase(owner, declared);
    await assert.rejects(service.query("delete from gifticon_request where false"), { code: "42501" });
    await assert.rejects(service.query("create table mine (id bigint)"), { code: "42501" });
  });

  test("changes a password, and connections that used the old one stay open", async () => {
    const old = server.connect("event", asService);
    await old.query("select 1");
    const password = "another-password-for-tests";
    await prepareDatabase(owner, { ...declared, roles: { ...roles, service: { ...roles.service, password } } });
    await readStock(old);
    const late = server.connect("event", asService);
    await assert.rejects(late.query("select 1"), { code: "28P01" });
    const renewed = server.connect("event", { ...asService, password });
    await readStock(renewed);
    await Promise.all([old, late, renewed].map((pool) => pool.end()));
    await prepareDatabase(owner, declared);
  });
});

describe("a database without the schema", () => {
  test("is reported with the required version", async () => {
    await server.create("empty");
    const pool = server.connect("empty");
    const needed = /^\d+$/.exec(
      String((await owner.query<{ max: number }>("select max(version) from schema_migration")).rows[0]?.max),
    )?.[0];
    const wait = `version ${needed ?? ""} is needed: the migrations have to run first`;
    assert.deepEqual(await findSchema(pool), { ok: false, reason: `database: it has no schema yet, and ${wait}` });
    await prepareDatabase(pool, declared);
    await pool.query("delete from schema_migration where version > 2");
    assert.deepEqual(await findSchema(pool), {
      ok: false,
      reason: `database: its schema is of version 2, and ${wait}`,
    });
    await pool.end();
  });
});
