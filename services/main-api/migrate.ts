import { setTimeout as delay } from "node:timers/promises";
import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { prepareDatabase } from "@gifticon/event-database/migrate.ts";
import { SCHEMA_VERSION } from "@gifticon/event-database/migrations.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import { EnvironmentError, readMigrationSettings } from "@gifticon/runtime/environment.ts";
import { createLog } from "@gifticon/runtime/log.ts";
import type { Pool } from "pg";

/** A database that restarts, or takes a new password of its owner, is back by then. */
const CONNECT_WITHIN_MS = 60_000;
const RETRY_MS = 1_000;

/**
 * The command `migrate`: brings schema, roles and stock of the database to what this version and its environment declare, and ends. It can run again at any time.
 *
 * @returns The exit code: 0 when all is as declared, 1 when not (nothing is changed then), 2 for wrong settings.
 */
export async function migrateCommand(environment: NodeJS.ProcessEnv): Promise<0 | 1 | 2> {
  let settings: ReturnType<typeof readMigrationSettings>;
  try {
    settings = readMigrationSettings(environment);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof EnvironmentError ? 2 : 1;
  }
  const log = createLog(SERVICES.migration, settings.logLevel);
  const pool = createPool({ ...settings.database, poolSize: 1 }, SERVICES.migration, log);
  try {
    await connected(pool);
    await prepareDatabase(pool, settings.declared);
    log.info({ version: SCHEMA_VERSION, stock: settings.declared.eventStock }, "the database is prepared");
    return 0;
  } catch (error) {
    log.fatal({ err: error }, "the database can't be prepared");
    return 1;
  } finally {
    await pool.end();
  }
}

/** Waits for a first connection: only this is worth another try. */
async function connected(pool: Pool): Promise<void> {
  for (const deadline = Date.now() + CONNECT_WITHIN_MS; ;) {
    try {
      (await pool.connect()).release();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(RETRY_MS);
    }
  }
}
