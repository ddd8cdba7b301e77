import type { Queryable } from "./issue.ts";

/** A topic that replaced a deleted one of the same name. */
export interface ReplacedTopic {
  /** Time at which the issuer first saw it, in milliseconds since 1970. */
  firstSeenAt: number;
  /**
   * Number of records that waited in the former topic at the issuer's last check; null when it is
   * unknown.
   */
  waited: number | null;
}

/**
 * Records that the issuer has seen a topic (table `topic_met`). Returns it when it replaced another
 * topic.
 *
 * @param waited number of records that waited in the former topic at the last check, if known.
 */
export async function recordTopic(
  database: Queryable,
  { id, topic, waited }: { id: string; topic: string; waited: number | undefined },
): Promise<ReplacedTopic | undefined> {
  await database.query(
    "insert into topic_met (topic_id, topic, waited) values ($1, $2, $3) on conflict (topic_id) do nothing",
    [id, topic, waited ?? null],
  );
  const { rows } = await database.query<{ met_at: string; waited: string | null }>(
    `select floor(extract(epoch from met.met_at) * 1000) as met_at, met.waited from topic_met met
     where met.topic_id = $1
       and exists (select from topic_met former where former.topic = met.topic and former.met_at < met.met_at)`,
    [id],
  );
  const [row] = rows;
  return row && { firstSeenAt: Number(row.met_at), waited: row.waited === null ? null : Number(row.waited) };
}
