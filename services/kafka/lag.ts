import type { Admin } from "kafkajs";
import { LOG_END } from "./log-end.ts";
import { isCommittedFor } from "./pinned-topic.ts";
import { readTopicId } from "./topic-ids.ts";

/** Position of a consumer group in a partition. */
export interface PartitionLag {
  partition: number;
  /** Id of the topic: one that was deleted and created again has another. */
  topicId: string;
  /** Records written since the topic was made, whether they are still kept or not. */
  written: number;
  /** Records that the group hasn't committed. */
  behind: number;
  /**
   * Records of these that an open transaction holds back: nobody who reads committed records gets
   * them before it ends.
   */
  held: number;
}

/**
 * Asks the broker for the lag of each partition, up to the end of the log: also behind an open
 * transaction, where records are acknowledged and can't be read yet.
 */
export async function readLag(
  admin: Pick<Admin, "fetchTopicMetadata" | "fetchTopicOffsets" | "fetchTopicOffsetsByTimestamp" | "fetchOffsets">,
  topic: string,
  groupId: string,
): Promise<PartitionLag[]> {
  const [topicId, { ends, stable }, [committed]] = await Promise.all([
    readTopicId(admin, topic),
    readEnds(admin, topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  const offsetOf = <T extends { partition: number }>(all: readonly T[] | undefined, partition: number) =>
    all?.find((entry) => entry.partition === partition);
  return ends.map(({ partition, offset: end }) => {
    const { low = "0", high = end } = offsetOf(stable, partition) ?? {};
    const { offset, metadata } = offsetOf(committed?.partitions, partition) ?? { offset: "-1", metadata: null };
    // A group that has committed nothing of this topic starts at the first record there is.
    const position = Math.max(isCommittedFor(topicId, metadata) ? Number(offset) : -1, Number(low));
    const [behind, held] = [Number(end) - position, Number(end) - Number(high)];
    return { partition, topicId, written: Number(end), behind: Math.max(0, behind), held: Math.max(0, held) };
  });
}

/**
 * Reads the ends of the log, and then what readers of committed records see. In this order, a
 * record that is written in between doesn't look held back.
 */
async function readEnds(admin: Pick<Admin, "fetchTopicOffsets" | "fetchTopicOffsetsByTimestamp">, topic: string) {
  const ends = await admin.fetchTopicOffsetsByTimestamp(topic, LOG_END);
  return { ends, stable: await admin.fetchTopicOffsets(topic) };
}
