import type { Pool, PoolClient } from "pg";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import type { DatabaseServer } from "../../../services/testing/database.ts";
import { type Crowd, range } from "./client.ts";
import type { Event } from "../../../services/testing/event.ts";
import type { ServiceProcess } from "../../../services/testing/service-process.ts";

/** Locks the stock's row, so that no issuer can decide. Returns a function that unlocks it. */
export async function holdStock(event: Event): Promise<() => Promise<void>> {
  const client = await event.pool.connect();
  await client.query("begin; select from gifticon_stock for update");
  return async () => {
    await client.query("commit");
    client.release();
  };
}

/** Waits until an issuer is in its transaction, which `holdStock` keeps open. */
export async function inTransaction(event: Event): Promise<void> {
  await waitUntil(
    "an issuer in its transaction",
    async () => {
      const { rowCount } = await event.pool.query(
        "select from pg_stat_activity where datname = current_database() and application_name = 'gifticon-issuer' and wait_event_type = 'Lock'",
      );
      return (rowCount ?? 0) > 0;
    },
    { everyMs: 20 },
  );
}

/**
 * Starts an issuer and holds it in its transaction over the requests of this many users, until
 * `letGo` is called.
 */
export async function issuerInTransaction(
  event: Event,
  crowd: Crowd,
  users: number,
): Promise<{ issuer: ServiceProcess; letGo: () => Promise<void> }> {
  const [api, issuer] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
  const letGo = await holdStock(event);
  await crowd.askAll(api.url, range(1, users));
  await inTransaction(event);
  return { issuer, letGo };
}

/** Returns the number of decided requests. */
export async function decided(event: Event): Promise<number> {
  const { rows } = await event.pool.query<{ count: number }>("select count(*)::int from gifticon_request");
  return rows[0]?.count ?? 0;
}

/**
 * Uses up all connections of the database, including the API's. Returns a function that frees them.
 */
export async function takeConnections(event: Event, database: DatabaseServer): Promise<() => Promise<void>> {
  const pools: Pool[] = [];
  const clients: PoolClient[] = [];
  const { rows } = await event.pool.query<{ places: number }>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
       - current_setting('reserved_connections')::int as places`,
  );
  // Counts its connections, because a refusal doesn't mean that all are in use. When several
  // clients compete for the last one, all are refused, and a client that disconnects still has one.
  await waitUntil(
    "every connection to be taken",
    async () => {
      await event.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'main-api'",
      );
      const pool = database.connect("postgres");
      pools.push(pool);
      const taken = await Promise.allSettled(range(0, 4).map(() => pool.connect()));
      clients.push(...taken.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
      return clients.length + event.pool.totalCount === rows[0]?.places;
    },
    { everyMs: 10 },
  );
  return async () => {
    for (const client of clients) client.release(true);
    await Promise.all(pools.map((pool) => pool.end()));
  };
}
