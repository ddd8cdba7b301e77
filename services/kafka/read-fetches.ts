// By path, because who compiles the program compiles what it imports, and an ambient declaration is
// imported by nobody.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import Decoder from "kafkajs/src/protocol/decoder.js";
import { lookupCodec } from "kafkajs/src/protocol/message/compression/index.js";
import fetch, { type FetchOptions } from "kafkajs/src/protocol/requests/fetch/index.js";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { readRecordBatches } from "./record-batches.ts";

// Makes kafkajs 2.2.4 hand on records as they are (`FetchedRecord`). Its own reading fails on
// batches of more than some 100,000 records, takes minutes over a record with thousands of headers,
// mixes up headers that are named like what every object has, and ends at the first batch that it
// can't read.

/** The one version of the request that is read here: each broker since Kafka 2.3 has it. */
const VERSION = 11;
const { protocol } = fetch;

fetch.versions = [VERSION.toString()];
fetch.protocol = ({ version }) => {
  const make = protocol({ version });
  return (options) => {
    const made = make(options);
    return { ...made, response: { ...made.response, decode: (raw) => decode(raw, options) } };
  };
};

/** kafkajs's view of a fetch: it goes on behind the last of a partition's messages. */
async function decode(raw: Buffer, { topics }: FetchOptions): Promise<unknown> {
  const decoder = new Decoder(raw);
  // The broker leaves it to the client to wait so long.
  const clientSideThrottleTime = decoder.readInt32();
  const [errorCode, sessionId] = [decoder.readInt16(), decoder.readInt32()];
  const responses = await decoder.readArrayAsync(async () => {
    const topicName = decoder.readString();
    const asked = topics.find(({ topic }) => topic === topicName)?.partitions ?? [];
    return { topicName, partitions: await decoder.readArrayAsync(() => readPartition(decoder, asked)) };
  });
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function readPartition(decoder: Decoder, asked: FetchOptions["topics"][number]["partitions"]) {
  const partition = decoder.readInt32();
  const read = {
    partition,
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
  };
  const aborted = decoder.readArray(() => ({ producerId: decoder.readInt64(), firstOffset: decoder.readInt64() }));
  const preferredReadReplica = decoder.readInt32();
  const { highWatermark, lastStableOffset } = read;
  const bytes = decoder.readBytes() ?? Buffer.alloc(0);
  const fetchOffset = BigInt(asked.find((one) => one.partition === partition)?.fetchOffset ?? 0);
  const { records, nextOffset } = await readRecordBatches(bytes, { fetchOffset, aborted, decompress });
  return {
    ...read,
    // By it kafkajs counts what waits behind a batch. What an open transaction holds back can't be
    // fetched, so it doesn't count; who reads uncommitted records is told no last stable offset.
    highWatermark: lastStableOffset.startsWith("-") ? highWatermark : lastStableOffset,
    preferredReadReplica,
    // The records don't include aborted ones.
    abortedTransactions: [],
    messages: withEnd(records, fetchOffset, nextOffset),
  };
}

/**
 * Adds a mark where the last record isn't the last offset, so that kafkajs goes on behind what
 * isn't to be seen.
 */
function withEnd(records: FetchedRecord[], fetchOffset: bigint, nextOffset: bigint): object[] {
  const seen = records.at(-1);
  const end = seen === undefined ? fetchOffset : BigInt(seen.offset) + 1n;
  return nextOffset > end ? [...records, { offset: (nextOffset - 1n).toString(), isControlRecord: true }] : records;
}

async function decompress(compression: number, bytes: Buffer): Promise<Buffer> {
  const codec = lookupCodec(compression);
  if (codec === null) throw new RangeError(`its compression ${compression} isn't known`);
  return codec.decompress(bytes);
}
