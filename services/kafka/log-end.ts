// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import listOffsets, { type ListOffsetsOptions } from "kafkajs/src/protocol/requests/listOffsets/index.js";

// kafkajs 2.2.4 requests the end of a partition as a reader of committed records sees it: the last
// stable offset, before the first open transaction. It would not count the acknowledged records
// after that offset.

/**
 * Timestamp for which `fetchTopicOffsetsByTimestamp` returns the end of the log (the high
 * watermark), beyond open transactions too. Kafka itself gives this value no meaning.
 */
export const LOG_END = -1_000;
/** The protocol's timestamp for the end of a partition. */
const LATEST = -1;
const READ_UNCOMMITTED = 0;

const { protocol } = listOffsets;

listOffsets.protocol = ({ version }) => {
  const make = protocol({ version });
  return (options) => make(asksForLogEnd(options) ? logEndOptions(options) : options);
};

function asksForLogEnd({ topics }: ListOffsetsOptions): boolean {
  return topics.every(({ partitions }) => partitions.every(({ timestamp }) => timestamp === LOG_END));
}

function logEndOptions({ topics, ...others }: ListOffsetsOptions): ListOffsetsOptions {
  const atEnd = topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => ({ ...partition, timestamp: LATEST })),
  }));
  return { ...others, isolationLevel: READ_UNCOMMITTED, topics: atEnd };
}
