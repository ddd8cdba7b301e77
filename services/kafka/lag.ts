import type { Admin } from "kafkajs";
import { LOG_END } from "./log-end.ts";
import { isCommittedFor } from "./pinned-topic.ts";
import { readTopicId } from "./topic-ids.ts";

/** Position of a consumer group in a partition. */
export interface PartitionLag {
  partition: number;
  /** Id of the topic. A topic that was deleted and created again has another id. */
  topicId: string;
  /** Records written since the topic was created, including deleted ones. */
  written: number;
  /** Records that the group hasn't committed. */
  behind: number;
  /**
   * Part of `behind` that an open transaction holds back. Readers of committed records get these
   * records after the transaction ends.
   */
  held: number;
}

/**
 * Reads the lag of each partition from the broker, up to the end of the log. The lag includes
 * acknowledged records behind an open transaction, which can't be read yet.
 */
export async function readLag(
  admin: Pick<Admin, "fetchTopicMetadata" | "fetchTopicOffsets" | "fetchTopicOffsetsByTimestamp" | "fetchOffsets">,
  topic: string,
  groupId: string,
): Promise<PartitionLag[]> {
  const [topicId, first, [committed]] = await Promise.all([
    readTopicId(admin, topic),
    readEnds(admin, topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  const entryOf = <T extends { partition: number }>(all: readonly T[] | undefined, partition: number) =>
    all?.find((entry) => entry.partition === partition);
  const committedOf = (partition: number) => Number(entryOf(committed?.partitions, partition)?.offset ?? -1);
  // The group may have committed after the ends were read. An offset that is still beyond them was
  // set by hand: no consumer can use it, so the issuer starts at the first existing record.
  const late = first.ends.some(({ partition, offset }) => committedOf(partition) > Number(offset));
  const { ends, stable } = late ? await readEnds(admin, topic) : first;
  return ends.map(({ partition, offset: end }) => {
    const { low = "0", high = end } = entryOf(stable, partition) ?? {};
    const offset = committedOf(partition);
    const isUsable =
      offset <= Number(end) && isCommittedFor(topicId, entryOf(committed?.partitions, partition)?.metadata ?? null);
    // A group without a usable offset of this topic starts at the first existing record.
    const position = Math.max(isUsable ? offset : -1, Number(low));
    const held = Math.max(0, Number(end) - Number(high));
    return { partition, topicId, written: Number(end), behind: Math.max(0, Number(end) - position), held };
  });
}

/**
 * Reads the ends of the log, and then the ends that readers of committed records see. In the other
 * order, a record written in between would look held back.
 */
async function readEnds(admin: Pick<Admin, "fetchTopicOffsets" | "fetchTopicOffsetsByTimestamp">, topic: string) {
  const ends = await admin.fetchTopicOffsetsByTimestamp(topic, LOG_END);
  return { ends, stable: await admin.fetchTopicOffsets(topic) };
}
