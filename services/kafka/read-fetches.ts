// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import Decoder from "kafkajs/src/protocol/decoder.js";
import { lookupCodec } from "kafkajs/src/protocol/message/compression/index.js";
import fetch, { type FetchOptions } from "kafkajs/src/protocol/requests/fetch/index.js";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import {
  decodeFetchById,
  encodeFetchById,
  FETCH_BY_ID,
  type Fetched,
  type FetchedPartition,
  type PartitionForm,
  readPartition,
} from "./fetch-by-id.ts";
import { pinnedAmong } from "./pinned-topic.ts";
import { readRecordBatches } from "./record-batches.ts";

// Makes kafkajs 2.2.4 return records unchanged (`FetchedRecord`). Its own decoder fails on batches
// of more than about 100,000 records, takes minutes for a record with thousands of headers,
// confuses headers that have the name of a member of every object, and ends at the first batch that
// it can't read.

/** Version of a fetch by the topic's name. Brokers have it since Kafka 2.3. */
const VERSION = 11;
const { protocol } = fetch;

fetch.versions = [VERSION.toString()];
fetch.protocol = ({ version }) => {
  const make = protocol({ version });
  return (options) => {
    const made = make(options);
    const pin = pinnedAmong(options.topics);
    const request = pin && {
      ...made.request,
      apiVersion: FETCH_BY_ID,
      encode: () => Promise.resolve(encodeFetchById(options, pin)),
    };
    const decode = (raw: Buffer) => read(pin ? decodeFetchById(raw, pin) : decodeFetch(raw), options);
    return { ...made, request: request ?? made.request, response: { ...made.response, decode } };
  };
};

/** Converts a fetch to kafkajs's form. kafkajs continues after the last message of a partition. */
async function read({ throttleTime, responses, ...fetched }: Fetched, { topics }: FetchOptions): Promise<unknown> {
  const answers = [];
  for (const { topicName, partitions } of responses) {
    const asked = topics.find(({ topic }) => topic === topicName)?.partitions ?? [];
    const some = [];
    for (const partition of partitions) some.push(await convertPartition(partition, asked));
    answers.push({ topicName, partitions: some });
  }
  // The broker leaves this pause to the client.
  return { ...fetched, throttleTime: 0, clientSideThrottleTime: throttleTime, responses: answers };
}

async function convertPartition(
  { aborted, bytes, ...fetched }: FetchedPartition,
  asked: FetchOptions["topics"][number]["partitions"],
) {
  const { partition, highWatermark, lastStableOffset } = fetched;
  const fetchOffset = BigInt(asked.find((one) => one.partition === partition)?.fetchOffset ?? 0);
  const { records, nextOffset } = await readRecordBatches(bytes, { fetchOffset, aborted, decompress });
  return {
    ...fetched,
    // kafkajs computes the number of records behind a batch from it. Records that an open
    // transaction holds back can't be fetched, so they must not count. For a reader of uncommitted
    // records the broker returns no last stable offset.
    highWatermark: lastStableOffset.startsWith("-") ? highWatermark : lastStableOffset,
    // The records don't include aborted ones.
    abortedTransactions: [],
    messages: withEnd(records, fetchOffset, nextOffset),
  };
}

const CLASSIC: PartitionForm = {
  list: (decoder, read) => decoder.readArray(read),
  bytes: (decoder) => decoder.readBytes() ?? Buffer.alloc(0),
};

function decodeFetch(raw: Buffer): Fetched {
  const decoder = new Decoder(raw);
  return {
    throttleTime: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    sessionId: decoder.readInt32(),
    responses: decoder.readArray(() => ({
      topicName: decoder.readString(),
      partitions: decoder.readArray(() => readPartition(decoder, CLASSIC)),
    })),
  };
}

/**
 * Appends a marker when the last record is not at the last offset, so that kafkajs continues after
 * the invisible records.
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
