// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import type { Admin } from "kafkajs";
import Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import metadata, { type MetadataOptions } from "kafkajs/src/protocol/requests/metadata/index.js";

// Makes kafkajs 2.2.4 request metadata with topic ids. By itself it uses at most version 6 of the
// protocol, which has only names: a topic that was deleted and created again looks the same.

/** Version of the request. Brokers have it since Kafka 2.8. */
const VERSION = 12;
/** Latest version that kafkajs knows. Answers are converted to its form. */
const KAFKAJS_VERSION = 6;
const ID_BYTES = 16;
const NO_ID = Buffer.alloc(ID_BYTES);

const { protocol } = metadata;

metadata.versions = [VERSION.toString()];
metadata.protocol = () => (options) => {
  const made = protocol({ version: KAFKAJS_VERSION })(options);
  return {
    ...made,
    request: { ...made.request, apiVersion: VERSION, encode: () => Promise.resolve(encode(options)) },
    response: { ...made.response, decode: (raw) => Promise.resolve(decode(raw)) },
  };
};

/** The broker doesn't know the topic. */
class UnknownTopicError extends Error {
  override readonly name = "UnknownTopicError";
  readonly code = "UNKNOWN_TOPIC";
}

/**
 * Reads the id of a topic. A topic that was deleted and created again has another id.
 *
 * @throws UnknownTopicError, or the client's error for a missing topic.
 */
export async function readTopicId(admin: Pick<Admin, "fetchTopicMetadata">, topic: string): Promise<string> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const [partition] = (topics[0]?.partitions ?? []) as { topicId?: string }[];
  if (partition?.topicId === undefined) throw new UnknownTopicError(`the broker has no topic ${topic}`);
  return partition.topicId;
}

/** Returns true for the errors with which {@link readTopicId} reports a missing topic. */
export function isUnknownTopic(error: unknown): boolean {
  return (
    error instanceof UnknownTopicError ||
    (error instanceof Error && "type" in error && error.type === "UNKNOWN_TOPIC_OR_PARTITION")
  );
}

/** Returns the bytes of a topic's id, as in requests. */
export function bytesOfTopicId(id: string): Buffer {
  return Buffer.from(id, "base64url");
}

/** Reads a topic's id, in the form in which Kafka prints it. */
export function decodeTopicId(decoder: Decoder): string {
  return decoder.readBytes(ID_BYTES)?.toString("base64url") ?? "";
}

/**
 * Writes the end of a structure of a flexible version, where optional fields may follow. There are
 * none.
 */
export function writeNoTags(encoder: Encoder): Encoder {
  return encoder.writeUVarInt(0);
}

/** Encodes the request. An empty list of topics means all. */
function encode({ topics, allowAutoTopicCreation = true }: MetadataOptions): Encoder {
  const named = topics.map((topic) => writeNoTags(new Encoder().writeBuffer(NO_ID).writeUVarIntString(topic)));
  const withoutAuthorizations = false;
  return writeNoTags(
    writeNoTags(new Encoder())
      .writeUVarIntArray(named.length === 0 ? null : named)
      .writeBoolean(allowAutoTopicCreation)
      .writeBoolean(withoutAuthorizations),
  );
}

function decode(raw: Buffer): unknown {
  const decoder = new Decoder(raw);
  decoder.readTaggedFields();
  const throttleTime = decoder.readInt32();
  const brokers = readTagged(decoder, () => ({
    nodeId: decoder.readInt32(),
    host: decoder.readUVarIntString(),
    port: decoder.readInt32(),
    rack: decoder.readUVarIntString(),
  }));
  return {
    throttleTime: 0,
    clientSideThrottleTime: throttleTime,
    brokers,
    clusterId: decoder.readUVarIntString(),
    controllerId: decoder.readInt32(),
    topicMetadata: readTagged(decoder, () => readTopic(decoder)),
  };
}

function readTopic(decoder: Decoder) {
  const topicErrorCode = decoder.readInt16();
  const topic = decoder.readUVarIntString();
  const topicId = decodeTopicId(decoder);
  const isInternal = decoder.readBoolean();
  const partitionMetadata = readTagged(decoder, () => ({ ...readPartition(decoder), topicId }));
  // Allowed operations, which the request did not ask for.
  decoder.readInt32();
  return { topicErrorCode, topic, isInternal, partitionMetadata };
}

function readPartition(decoder: Decoder) {
  const [partitionErrorCode, partitionId, leader] = [decoder.readInt16(), decoder.readInt32(), decoder.readInt32()];
  // The leader's epoch, which kafkajs doesn't use.
  decoder.readInt32();
  const readIds = () => decoder.readUVarIntArray(() => decoder.readInt32()) ?? [];
  const [replicas, isr, offlineReplicas] = [readIds(), readIds(), readIds()];
  return { partitionErrorCode, partitionId, leader, replicas, isr, offlineReplicas };
}

/** Reads an array whose entries end with optional fields. */
export function readTagged<T>(decoder: Decoder, read: () => T): T[] {
  const entries = decoder.readUVarIntArray(() => {
    const entry = read();
    decoder.readTaggedFields();
    return entry;
  });
  return entries ?? [];
}
