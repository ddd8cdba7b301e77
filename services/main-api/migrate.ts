import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { prepareDatabase } from "@gifticon/event-database/migrate.ts";
import { SCHEMA_VERSION } from "@gifticon/event-database/migrations.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import { EnvironmentError, readMigrationSettings } from "@gifticon/runtime/environment.ts";
import { createLog } from "@gifticon/runtime/log.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import type { Pool } from "pg";

/** Long enough for a restart of the database or a change of its owner's password. */
const CONNECT_WITHIN_MS = 60_000;
const RETRY_MS = 1_000;

/**
 * Runs the command `migrate`: applies the declared schema, roles and stock to the database. It can
 * run again at any time.
 *
 * @returns the exit code: 0 success, 1 failure without a change, 2 wrong settings.
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

/** Waits for the first connection. Later failures are not retried. */
async function connected(pool: Pool): Promise<void> {
  const connect = async (): Promise<true> => {
    (await pool.connect()).release();
    return true;
  };
  await waitUntil("a first connection to the database", connect, { timeoutMs: CONNECT_WITHIN_MS, everyMs: RETRY_MS });
}
