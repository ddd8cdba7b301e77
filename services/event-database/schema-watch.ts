import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { withTimeout } from "@gifticon/runtime/with-timeout.ts";
import type { CheckResult } from "@gifticon/runtime/operations.ts";
import type { Queryable } from "./issue.ts";
import { SCHEMA_VERSION } from "./migrations.ts";

const RETRY_MS = 1_000;
const ANSWER_TIMEOUT_MS = 2_000;
/** PostgreSQL's code for a missing table. */
const UNDEFINED_TABLE = "42P01";

/**
 * Waits in the background until the database has the schema that this program needs. So a service
 * can start before the migration.
 */
export class SchemaWatch {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #state: CheckResult = { ok: false, reason: "database: not asked yet" };
  #loop: Promise<void> | undefined;

  constructor(pool: Pool, log: Logger) {
    this.#pool = pool;
    this.#log = log;
  }

  /** State of the schema: ok when this program can use it. */
  get state(): CheckResult {
    return this.#state;
  }

  /** Starts checking. */
  start(): void {
    this.#loop ??= this.#wait();
  }

  /** Stops checking. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #wait(): Promise<void> {
    let logged: string | undefined;
    while (!this.#stopping.signal.aborted) {
      this.#state = await findSchema(this.#pool);
      if (this.#state.ok) {
        this.#log.info({ version: SCHEMA_VERSION }, "the database has the schema");
        return;
      }
      // Logs a changed reason too, because a wait may be long.
      if (this.#state.reason !== logged) this.#log.warn({ reason: this.#state.reason }, "waiting for the schema");
      logged = this.#state.reason;
      await delay(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }
}

/** Checks that the database answers and has the schema that this program needs, or a newer one. */
export async function findSchema(database: Queryable): Promise<CheckResult> {
  const waits = `version ${SCHEMA_VERSION} is needed: the migrations have to run first`;
  try {
    const { rows } = await database.query<{ version: number | null }>(
      "select max(version) as version from schema_migration",
    );
    const version = rows[0]?.version ?? 0;
    if (version >= SCHEMA_VERSION) return { ok: true };
    return { ok: false, reason: `database: its schema is of version ${version}, and ${waits}` };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === UNDEFINED_TABLE) return { ok: false, reason: `database: it has no schema yet, and ${waits}` };
    return { ok: false, reason: `database: ${message}` };
  }
}

/** Checks that the database has the schema and answers now. */
export async function databaseReadiness(pool: Pool, schema: SchemaWatch): Promise<CheckResult> {
  if (!schema.state.ok) return schema.state;
  try {
    await withTimeout(pool.query("select 1"), ANSWER_TIMEOUT_MS, "asking the database");
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: `database: ${(error as Error).message}` };
  }
}
