import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { bounded } from "../runtime/bounded.ts";
import type { Verdict } from "../runtime/operations.ts";
import { prepareDatabase } from "./migrate.ts";

const RETRY_MS = 1_000;
const ANSWER_TIMEOUT_MS = 2_000;

/** Prepares the database in the background, again and again until it succeeds, so that a service can start without it. */
export class SchemaKeeper {
  readonly #pool: Pool;
  readonly #eventStock: number;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #state: Verdict = { ok: false, reason: "database: not prepared yet" };
  #loop: Promise<void> | undefined;

  constructor(pool: Pool, eventStock: number, log: Logger) {
    this.#pool = pool;
    this.#eventStock = eventStock;
    this.#log = log;
  }

  /** Whether the schema and the stock are as this program needs them. */
  get state(): Verdict {
    return this.#state;
  }

  /** Starts preparing. */
  start(): void {
    this.#loop ??= this.#prepare();
  }

  /** Stops trying. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #prepare(): Promise<void> {
    while (!this.#state.ok && !this.#stopping.signal.aborted) {
      try {
        await prepareDatabase(this.#pool, this.#eventStock);
        this.#state = { ok: true };
        this.#log.info("the database is prepared");
      } catch (error) {
        this.#state = { ok: false, reason: `database: ${(error as Error).message}` };
        this.#log.warn({ err: error }, "couldn't prepare the database; trying again");
        await delay(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}

/** Whether the database is prepared and answers now. */
export async function databaseReadiness(pool: Pool, schema: SchemaKeeper): Promise<Verdict> {
  if (!schema.state.ok) return schema.state;
  try {
    await bounded(pool.query("select 1"), ANSWER_TIMEOUT_MS, "asking the database");
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: `database: ${(error as Error).message}` };
  }
}
