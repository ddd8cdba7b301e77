import type { ClientBase, Pool } from "pg";
import { migrations } from "./migrations.ts";
import { declareRoles, type Roles } from "./roles.ts";

/**
 * Key of the advisory lock: any number that is the same for everyone who migrates this database.
 */
const ADVISORY_LOCK = 2_512_250_000;
/** Longer than other statements may take, because a process waits for another one's migration. */
const MIGRATION_TIMEOUT_MS = 60_000;

/** Declared contents of the database besides its schema. */
export interface Declared {
  /** Total number of gifticons. A later change adds the difference to the remaining number. */
  eventStock: number;
  roles: Roles;
}

/**
 * Migrates the schema to the newest version, and sets roles and stock to the declared ones, all in
 * one transaction. Several processes may run it: an advisory lock lets them take turns. A schema
 * newer than this program is not changed.
 *
 * @param pool connects as the database's owner.
 * @throws StockError when more gifticons are issued than `eventStock`.
 */
export async function prepareDatabase(pool: Pool, { eventStock, roles }: Declared): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin");
    await client.query(`set local statement_timeout = ${MIGRATION_TIMEOUT_MS}`);
    await client.query({
      text: "select pg_advisory_xact_lock($1)",
      values: [ADVISORY_LOCK],
      query_timeout: MIGRATION_TIMEOUT_MS,
    } as { text: string; values: number[] });
    await applyMigrations(client);
    await declareRoles(client, roles);
    await declareStock(client, eventStock);
    await client.query("commit");
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // Closing the connection ends a failed transaction.
    client.release(failure);
  }
}

/** The declared stock is below the number of issued gifticons. */
export class StockError extends Error {
  override readonly name = "StockError";
  readonly code = "STOCK_BELOW_ISSUED";
}

async function applyMigrations(client: ClientBase): Promise<void> {
  await client.query(
    `create table if not exists schema_migration (
       version integer primary key, name text not null, applied_at timestamptz not null default now())`,
  );
  const { rows } = await client.query<{ version: number }>("select version from schema_migration");
  const applied = new Set(rows.map(({ version }) => version));
  for (const { version, name, sql } of migrations.filter((migration) => !applied.has(migration.version))) {
    await client.query(sql);
    await client.query("insert into schema_migration (version, name) values ($1, $2)", [version, name]);
  }
}

async function declareStock(client: ClientBase, eventStock: number): Promise<void> {
  await client.query("insert into gifticon_stock (total, remaining) values ($1, $1) on conflict do nothing", [
    eventStock,
  ]);
  const { rows } = await client.query<{ total: string; remaining: string }>(
    "select total, remaining from gifticon_stock for update",
  );
  const [stock] = rows;
  if (stock === undefined || Number(stock.total) === eventStock) return;

  const issued = Number(stock.total) - Number(stock.remaining);
  if (eventStock < issued) {
    throw new StockError(
      `EVENT_STOCK=${eventStock} is less than the ${issued} gifticons issued already; allowed: at least ${issued}`,
    );
  }
  await client.query("update gifticon_stock set total = $1, remaining = $1 - $2::bigint", [eventStock, issued]);
}
