import type { Pool, PoolClient } from "pg";
import { waitUntil } from "../../support/wait-until.ts";
import type { DatabaseServer } from "./database.ts";
import { type Crowd, range } from "./client.ts";
import type { Event } from "./event.ts";
import type { ServiceProcess } from "./service-process.ts";

/** PostgreSQL's code for it. */
const TOO_MANY_CONNECTIONS = "53300";
/** Ending a connection takes milliseconds. */
const GONE_WITHIN_MS = 10_000;

/** Holds the stock's row, so that no issuer can decide; returns what lets go. */
export async function holdStock(event: Event): Promise<() => Promise<void>> {
  const client = await event.pool.connect();
  await client.query("begin; select from gifticon_stock for update");
  return async () => {
    await client.query("commit");
    client.release();
  };
}

/** Starts an issuer that is in the middle of its transaction over the requests of so many users, until it is let go. */
export async function issuerInTransaction(
  event: Event,
  crowd: Crowd,
  users: number,
): Promise<{ issuer: ServiceProcess; letGo: () => Promise<void> }> {
  const [api, issuer] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
  const letGo = await holdStock(event);
  await crowd.askAll(api.url, range(1, users));
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
  return { issuer, letGo };
}

/** Decided requests. */
export async function decided(event: Event): Promise<number> {
  const { rows } = await event.pool.query<{ count: number }>("select count(*)::int from gifticon_request");
  return rows[0]?.count ?? 0;
}

/** Takes every connection that the database has, the API's too; returns what gives them back. */
export async function takeConnections(event: Event, database: DatabaseServer): Promise<() => Promise<void>> {
  const pools: Pool[] = [];
  const clients: PoolClient[] = [];
  const takeAll = async () => {
    for (;;) {
      const pool = database.connect("postgres");
      pools.push(pool);
      const taken = await Promise.allSettled(range(0, 4).map(() => pool.connect()));
      clients.push(...taken.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
      const refusals = taken.flatMap((result) =>
        result.status === "rejected" ? [result.reason as { code?: string }] : [],
      );
      if (refusals.some(({ code }) => code === TOO_MANY_CONNECTIONS)) return;
    }
  };
  await takeAll();
  // An API whose connections are ended may have new ones before they are taken; and one that isn't gone yet has its place still.
  const ended = `select pg_terminate_backend(pid, ${GONE_WITHIN_MS}) from pg_stat_activity where datname = current_database() and application_name = 'main-api'`;
  while (((await event.pool.query(ended)).rowCount ?? 0) > 0) await takeAll();
  return async () => {
    for (const client of clients) client.release(true);
    await Promise.all(pools.map((pool) => pool.end()));
  };
}
