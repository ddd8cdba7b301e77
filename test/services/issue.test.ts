import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { findStatuses, issue, readStock } from "@gifticon/event-database/issue.ts";
import { migrations } from "@gifticon/event-database/migrations.ts";
import { readTally } from "@gifticon/event-database/tally.ts";
import { prepareDatabase, StockError } from "@gifticon/event-database/migrate.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import { MAX_USER_ID } from "@gifticon/contract/request.ts";
import type { Outcome } from "@gifticon/contract/status.ts";
import fc from "fast-check";
import type pg from "pg";
import { pino } from "pino";
import { range } from "./support/client.ts";
import { type DatabaseServer, startDatabase } from "../../services/testing/database.ts";

let server: DatabaseServer;
const pools: pg.Pool[] = [];
before(async () => {
  server = await startDatabase();
});
after(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await server[Symbol.asyncDispose]();
});

let databases = 0;
async function emptyDatabase(): Promise<pg.Pool> {
  const name = `issue_${++databases}`;
  await server.create(name);
  const pool = server.connect(name);
  pools.push(pool);
  return pool;
}

async function eventWith(stock: number): Promise<pg.Pool> {
  const pool = await emptyDatabase();
  await prepareDatabase(pool, declared(stock));
  return pool;
}

const login = (user: string) => ({ user, password: undefined, connections: 1 });
const declared = (eventStock: number) => ({
  eventStock,
  roles: { service: login("service"), loadTest: login("load-test") },
});

function request(id: number, userId: bigint | number): GifticonRequest {
  return {
    requestId: `00000000-0000-4000-8000-${id.toString(16).padStart(12, "0")}`,
    userId: BigInt(userId),
    requestedAt: 0,
  };
}

async function outcomes(pool: pg.Pool, requests: GifticonRequest[]): Promise<string[]> {
  const statuses = await findStatuses(
    pool,
    requests.map(({ requestId }) => requestId),
  );
  return statuses.map((status) => (status.status === "rejected" ? status.reason : status.status));
}

/** A simple model of the rules that decides one request after another. */
class Model {
  readonly decided = new Map<string, Outcome>();
  readonly #winners = new Set<bigint>();
  #left: number;

  constructor(stock: number) {
    this.#left = stock;
  }

  issue(requests: readonly GifticonRequest[]): void {
    for (const { requestId, userId } of requests) {
      if (this.decided.has(requestId)) continue;
      const outcome = this.#winners.has(userId) ? "duplicate" : this.#left > 0 ? "issued" : "sold_out";
      this.decided.set(requestId, outcome);
      if (outcome !== "issued") continue;
      this.#winners.add(userId);
      this.#left--;
    }
  }
}

describe("issuing", () => {
  test("decides a batch in order, with one gifticon for each user", async () => {
    const pool = await eventWith(2);
    const batch = [request(1, 10), request(2, 10), request(3, 20), request(4, 30), request(5, 30)];
    const result = await issue(pool, batch);
    assert.deepEqual(await outcomes(pool, batch), ["issued", "duplicate", "issued", "sold_out", "sold_out"]);
    assert.deepEqual(result, { issued: 2, duplicate: 1, soldOut: 2, repeated: 0, remaining: 0 });
  });

  test("decides the same for any batches as for one request after another", async () => {
    const asked = fc.record({ id: fc.nat(30), userId: fc.integer({ min: 1, max: 12 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(asked, { maxLength: 15 }), { maxLength: 5 }),
        fc.nat(20),
        async (batches, stock) => {
          const pool = await eventWith(stock);
          const model = new Model(stock);
          // Each request id belongs to one user.
          const users = new Map<number, number>();
          for (const batch of batches) {
            const requests = batch.map(({ id, userId }) => {
              users.set(id, users.get(id) ?? userId);
              return request(id, users.get(id) ?? userId);
            });
            await issue(pool, requests);
            model.issue(requests);
          }
          const all = [...users].map(([id, userId]) => request(id, userId));
          assert.deepEqual(
            await outcomes(pool, all),
            all.map(({ requestId }) => model.decided.get(requestId)),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  test("decides a batch of new users in one statement, and a batch with a known user correctly too", async () => {
    const pool = await eventWith(5);
    const fresh = [request(1, 1), request(2, 2), request(3, 3)];
    assert.deepEqual(await issue(pool, fresh), { issued: 3, duplicate: 0, soldOut: 0, repeated: 0, remaining: 2 });
    const mixed = [request(4, 4), request(5, 1)];
    assert.deepEqual(await issue(pool, mixed), { issued: 1, duplicate: 1, soldOut: 0, repeated: 0, remaining: 1 });
    assert.deepEqual(await outcomes(pool, [...fresh, ...mixed]), [...Array<string>(4).fill("issued"), "duplicate"]);
  });

  test("keeps outcomes and codes when a batch is delivered again", async () => {
    const pool = await eventWith(10);
    const batch = [request(1, 1), request(2, 2), request(3, 1)];
    await issue(pool, batch);
    const codes = await findStatuses(
      pool,
      batch.map(({ requestId }) => requestId),
    );
    const again = await issue(pool, [...batch, request(4, 4)]);
    assert.deepEqual([again.issued, again.repeated, again.remaining], [1, 3, 7]);
    assert.deepEqual(
      await findStatuses(
        pool,
        batch.map(({ requestId }) => requestId),
      ),
      codes,
    );
  });

  test("never issues more than the stock or two to a user, with many issuers at once", async () => {
    const pool = await eventWith(100);
    let next = 0;
    // The requests of 8 issuers are of the same 150 users.
    const issuer = async () => {
      for (let batch = 0; batch < 10; batch++)
        await issue(
          pool,
          range(1, 50).map(() => request(++next, 1 + (next % 150))),
        );
    };
    await Promise.all(range(0, 8).map(issuer));
    const { rows } = await pool.query<{ issued: number; users: number; codes: number; rows: number }>(
      `select count(*) filter (where outcome = 'issued')::int as issued, count(distinct code)::int as codes,
         count(distinct user_id) filter (where outcome = 'issued')::int as users, count(*)::int as rows from gifticon_request`,
    );
    assert.deepEqual(rows[0], { issued: 100, users: 100, codes: 100, rows: 4_000 });
    assert.deepEqual(await readStock(pool), { total: 100, remaining: 0 });
  });

  test("counts each rejection once, by reason, for any deliveries", async () => {
    const pool = await eventWith(2);
    const batch = [request(1, 1), request(2, 1), request(3, 2), request(4, 3), request(5, 3)];
    await issue(pool, batch);
    await issue(pool, [...batch, request(6, 1)]);
    await issue(pool, [request(7, 4)]);
    const { issued, rejected, stock } = await readTally(pool);
    assert.deepEqual({ issued, stock }, { issued: 2, stock: { total: 2, remaining: 0 } });
    assert.deepEqual(rejected, { duplicate: 2, soldOut: 3 });
  });

  test("returns the time of the count, never a later one", async () => {
    const pool = await eventWith(1);
    const now = async () => Number((await pool.query<{ now: Date }>("select clock_timestamp() as now")).rows[0]?.now);
    // Repeat it, because a time that is rounded up is only sometimes later than its answer.
    for (let reading = 0; reading < 200; reading++) {
      const times = [await now(), (await readTally(pool)).at, await now()];
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
    }
  });

  test("accepts the largest user id, and empty batches", async () => {
    const pool = await eventWith(1);
    assert.equal((await issue(pool, [])).remaining, 1);
    await issue(pool, [request(1, MAX_USER_ID)]);
    const { rows } = await pool.query<{ user_id: string }>("select user_id from gifticon_request");
    assert.equal(rows[0]?.user_id, MAX_USER_ID.toString());
  });

  test("returns no outcome for a request that was never decided", async () => {
    assert.deepEqual(await outcomes(await eventWith(1), [request(1, 1)]), ["queued"]);
  });
});

describe("preparing the database", () => {
  test("is safe with several at once", async () => {
    const pool = await emptyDatabase();
    await Promise.all(range(0, 4).map(() => prepareDatabase(pool, declared(5))));
    assert.deepEqual(await readStock(pool), { total: 5, remaining: 5 });
  });

  test("counts the rejections of older versions, which had no count", async () => {
    const pool = await emptyDatabase();
    await pool.query("create table schema_migration (version integer primary key, name text not null)");
    for (const { version, name, sql } of migrations.filter(({ version }) => version < 3)) {
      await pool.query(sql);
      await pool.query("insert into schema_migration values ($1, $2)", [version, name]);
    }
    await pool.query("insert into gifticon_stock (total, remaining) values (1, 1)");
    await issue(pool, [request(1, 1), request(2, 1), request(3, 2), request(4, 3)]);
    await prepareDatabase(pool, declared(1));
    assert.deepEqual((await readTally(pool)).rejected, { duplicate: 1, soldOut: 2 });
  });

  test("changes the remaining stock with the declared one, but not below the issued gifticons", async () => {
    const pool = await eventWith(3);
    await issue(pool, [request(1, 1), request(2, 2)]);
    await prepareDatabase(pool, declared(10));
    assert.deepEqual(await readStock(pool), { total: 10, remaining: 8 });
    await prepareDatabase(pool, declared(2));
    assert.deepEqual(await readStock(pool), { total: 2, remaining: 0 });
    await assert.rejects(prepareDatabase(pool, declared(1)), StockError);
    assert.deepEqual(await readStock(pool), { total: 2, remaining: 0 });
  });
});

describe("the connection to the database", () => {
  const settings = () => ({
    host: "127.0.0.1",
    port: server.port,
    name: "postgres",
    user: "gifticon",
    password: server.password,
    ca: server.ca,
    poolSize: 1,
  });
  const ask = async (change: Partial<ReturnType<typeof settings>> | { ca: undefined }) => {
    const pool = createPool({ ...settings(), ...change }, "test", pino({ level: "silent" }));
    const { rows } = await pool
      .query<{ ssl: boolean }>("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
      .finally(() => pool.end());
    return rows[0]?.ssl;
  };

  test("is encrypted", async () => {
    assert.equal(await ask({}), true);
  });

  test("is refused when the certificate is for another host", async () => {
    await assert.rejects(ask({ host: "localhost" }), /does not match certificate/);
  });

  test("is refused when the certificate comes from another authority", async () => {
    await using other = await startDatabase();
    await assert.rejects(ask({ ca: other.ca }), /self-signed certificate|unable to verify/);
  });
});
