// By path, because who compiles the program compiles what it imports, and an ambient declaration is
// imported by nobody.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import listOffsets, { type ListOffsetsOptions } from "kafkajs/src/protocol/requests/listOffsets/index.js";

// kafkajs 2.2.4 asks for the end of a partition as a reader of committed records sees it: the last
// stable offset, in front of the first open transaction. Acknowledged records behind it would count
// as not there.

/**
 * The time by which `fetchTopicOffsetsByTimestamp` returns the end of the log (the high watermark),
 * also behind open transactions. Kafka gives it no meaning of its own.
 */
export const LOG_END = -1_000;
/** The protocol's time for the end of a partition. */
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
