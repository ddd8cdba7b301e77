import type { Admin } from "kafkajs";

/** Returns the number of records that a topic stores; 0 when there is no such topic. */
export async function countRecords(
  admin: Pick<Admin, "listTopics" | "fetchTopicOffsets">,
  topic: string,
): Promise<number> {
  // kafkajs repeats a request for a topic that doesn't exist, which takes seconds.
  if (!(await admin.listTopics()).includes(topic)) return 0;
  const partitions = await admin.fetchTopicOffsets(topic);
  return partitions.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}
