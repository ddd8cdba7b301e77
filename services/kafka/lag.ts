import type { Admin } from "kafkajs";

/** How far a consumer group has come in a partition. */
export interface PartitionLag {
  partition: number;
  /** Records written since the topic was made, whether they are still kept or not. */
  written: number;
  /** Records that the group hasn't committed. */
  behind: number;
}

/** Asks the broker for the lag of each partition. */
export async function readLag(
  admin: Pick<Admin, "fetchTopicOffsets" | "fetchOffsets">,
  topic: string,
  groupId: string,
): Promise<PartitionLag[]> {
  const [ends, [committed]] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  return ends.map(({ partition, low, high }) => {
    const offset = committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? "-1";
    // A group that has committed nothing starts at the first record there is.
    const position = Math.max(Number(offset), Number(low));
    return { partition, written: Number(high), behind: Math.max(0, Number(high) - position) };
  });
}
