import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { type StartState, REMOVE_LOAD_TEST_ROWS } from "./protocol.ts";
import type { PoolClient } from "pg";
import type { Event, Queue } from "./event.ts";

/** An issuer decides 60,000 records a second, so a million of an earlier run take less. */
const SETTLE_MS = 60_000;
/** Deleting a million rows takes seconds. */
const STATEMENT_TIMEOUT_MS = 120_000;

/**
 * Prepares the event for a run: waits until no request of an earlier run is in progress, deletes
 * the rows of load tests, returns their gifticons to the stock, and prints a {@link StartState}.
 * Rows of people stay.
 */
export async function reset({ pool, queue }: Event): Promise<void> {
  if (queue) await settled(queue);
  const client = await pool.connect();
  try {
    await client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    const removed = await removeRows(client);
    // Dead rows of one run would slow the next.
    if (removed > 0) await long(client, "vacuum (analyze) gifticon_request");
    const startState: StartState = {
      offsets: queue ? await queue.ends(queue.topic) : [],
      ...(await readStockOf(client)),
      maxConnections: Number(
        (await client.query<{ max: string }>("select current_setting('max_connections') as max")).rows[0]?.max,
      ),
      databaseVersion: (await client.query<{ version: string }>("select version()")).rows[0]?.version ?? "",
      removed,
    };
    process.stdout.write(`${JSON.stringify(startState)}\n`);
  } finally {
    client.release(true);
  }
}

/**
 * Waits until the group has committed all records of the topic. A broker that can't be reached
 * counts as "not yet", because a new task beside a new broker may not reach it for seconds.
 *
 * @throws Error after `limitMs` milliseconds, with the number of waiting records, or the reason why
 *   it is unknown.
 */
export async function settled(queue: Pick<Queue, "lag">, limitMs = SETTLE_MS): Promise<void> {
  let lag = 0;
  const committed = async (): Promise<boolean> => {
    lag = await queue.lag();
    return lag === 0;
  };
  try {
    await waitUntil("every record is committed", committed, { timeoutMs: limitMs });
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : undefined;
    throw new Error(
      reason === undefined
        ? `${lag} records still wait in the topic after ${limitMs / 1_000} s: check that the issuer runs`
        : `the topic can't be looked at: ${reason}`,
      { cause },
    );
  }
}

async function removeRows(client: PoolClient): Promise<number> {
  await client.query("begin");
  // Locks the stock as the issuer does, so that nothing is decided meanwhile.
  await client.query("select from gifticon_stock for update");
  const { rows } = await long<{ removed: string }>(client, REMOVE_LOAD_TEST_ROWS);
  await client.query("commit");
  return Number(rows[0]?.removed);
}

/** Returns the stock, and the number of gifticons of users outside of load tests. */
export async function readStockOf(
  client: Pick<PoolClient, "query">,
): Promise<Pick<StartState, "stock" | "issuedToOthers">> {
  const { rows } = await client.query<Record<"total" | "remaining" | "others", string>>(
    `select total, remaining, (select count(*) from gifticon_request
       where outcome = 'issued' and user_id not between ${LOAD_TEST_USERS.first} and ${LOAD_TEST_USERS.last}) as others
     from gifticon_stock`,
  );
  const [row] = rows;
  return {
    stock: { total: Number(row?.total), remaining: Number(row?.remaining) },
    issuedToOthers: Number(row?.others),
  };
}

/** Runs a statement that may take longer than the services' limit. */
function long<T extends object>(client: PoolClient, text: string) {
  return client.query<T & Record<string, unknown>>({ text, query_timeout: STATEMENT_TIMEOUT_MS } as { text: string });
}
