// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import type { FetchOptions } from "kafkajs/src/protocol/requests/fetch/index.js";
import { type PinnedTopic, TopicLostError } from "./pinned-topic.ts";
import { bytesOfTopicId, decodeTopicId, readTagged, writeNoTags } from "./topic-ids.ts";

/** First version of the request with topic ids. Brokers have it since Kafka 3.1. */
export const FETCH_BY_ID = 13;

/** A partition of the broker's answer. Its records are bytes. */
export interface FetchedPartition {
  partition: number;
  errorCode: number;
  highWatermark: string;
  lastStableOffset: string;
  lastStartOffset: string;
  aborted: { producerId: bigint; firstOffset: bigint }[];
  preferredReadReplica: number;
  bytes: Buffer;
}

/** An answer of the broker. */
export interface Fetched {
  /** Pause that the broker requests from the client, in milliseconds. */
  throttleTime: number;
  errorCode: number;
  sessionId: number;
  responses: { topicName: string; partitions: FetchedPartition[] }[];
}

const READ_COMMITTED = 1;
const UNKNOWN = -1;
/**
 * Errors of an unknown topic: UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID and
 * INCONSISTENT_TOPIC_ID.
 */
const LOST = [3, 100, 103];

/** Encodes a fetch of the pinned topic by its id, without a fetch session. */
export function encodeFetchById(
  { topics, maxWaitTime, minBytes, maxBytes, isolationLevel = READ_COMMITTED, rackId = "" }: FetchOptions,
  { topic, id }: PinnedTopic,
): Encoder {
  const partitions = topics
    .filter((asked) => asked.topic === topic)
    .flatMap((asked) => asked.partitions)
    .map(({ partition, fetchOffset, maxBytes: most }) =>
      writeNoTags(
        new Encoder()
          .writeInt32(partition)
          // Epochs of the leader and of the last fetched record.
          .writeInt32(UNKNOWN)
          .writeInt64(fetchOffset)
          .writeInt32(UNKNOWN)
          // Start of a follower's log.
          .writeInt64(UNKNOWN)
          .writeInt32(most),
      ),
    );
  const asked = writeNoTags(new Encoder().writeBuffer(bytesOfTopicId(id)).writeUVarIntArray(partitions));
  const [replica, session, epoch] = [UNKNOWN, 0, UNKNOWN];
  return writeNoTags(
    writeNoTags(new Encoder())
      .writeInt32(replica)
      .writeInt32(maxWaitTime)
      .writeInt32(minBytes)
      .writeInt32(maxBytes)
      .writeInt8(isolationLevel)
      .writeInt32(session)
      .writeInt32(epoch)
      .writeUVarIntArray([asked])
      .writeUVarIntArray([])
      .writeUVarIntString(rackId),
  );
}

/**
 * Decodes the answer. When the broker has no topic with this id, the decoder calls the pin's
 * `onLost` and returns the partition without records.
 */
export function decodeFetchById(raw: Buffer, pin: PinnedTopic): Fetched {
  const decoder = new Decoder(raw);
  decoder.readTaggedFields();
  const throttleTime = decoder.readInt32();
  const [errorCode, sessionId] = [decoder.readInt16(), decoder.readInt32()];
  const answers = readTagged(decoder, () => ({
    id: decodeTopicId(decoder),
    partitions: readTagged(decoder, () => readPartition(decoder, FLEXIBLE)),
  }));
  const responses = answers
    .filter(({ id }) => id === pin.id)
    .map(({ partitions }) => ({ topicName: pin.topic, partitions: partitions.map((one) => reportLost(one, pin)) }));
  return { throttleTime, errorCode, sessionId, responses };
}

function reportLost(fetched: FetchedPartition, pin: PinnedTopic): FetchedPartition {
  if (!LOST.includes(fetched.errorCode)) return fetched;
  pin.onLost(new TopicLostError(pin));
  return { ...fetched, errorCode: 0, highWatermark: "0", bytes: Buffer.alloc(0) };
}

/** Functions that read the parts of a partition whose form depends on the protocol's version. */
export interface PartitionForm {
  list: <T>(decoder: Decoder, read: () => T) => T[];
  bytes: (decoder: Decoder) => Buffer;
}

const FLEXIBLE: PartitionForm = { list: readTagged, bytes: readCompactBytes };

/** Reads a partition of an answer. All versions from 11 on have the same fields. */
export function readPartition(decoder: Decoder, { list, bytes }: PartitionForm): FetchedPartition {
  return {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
    aborted: list(decoder, () => ({ producerId: decoder.readInt64(), firstOffset: decoder.readInt64() })),
    preferredReadReplica: decoder.readInt32(),
    bytes: bytes(decoder),
  };
}

/** kafkajs's own function reads one byte too many. */
function readCompactBytes(decoder: Decoder): Buffer {
  const length = decoder.readUVarInt() - 1;
  return (length < 0 ? null : decoder.readBytes(length)) ?? Buffer.alloc(0);
}
