import type { Queryable } from "./issue.ts";

/** Returns the ids of the dead letters that were replayed before. */
export async function findReplayed(database: Queryable, letterIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await database.query<{ letter_id: string }>(
    "select letter_id from dead_letter_replay where letter_id = any($1)",
    [letterIds],
  );
  return new Set(rows.map(({ letter_id }) => letter_id));
}

/** Returns the number of dead letters that were replayed. */
export async function countReplayed(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    "select count(letter_id)::int as count from dead_letter_replay",
    [],
  );
  return rows[0]?.count ?? 0;
}

/** Records that these dead letters were replayed. */
export async function recordReplayed(database: Queryable, letterIds: readonly string[]): Promise<void> {
  await database.query("insert into dead_letter_replay (letter_id) select unnest($1::uuid[]) on conflict do nothing", [
    letterIds,
  ]);
}
