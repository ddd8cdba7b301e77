import { headersOf, type OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { type Part, partSize, type RecordHeaders, writePart } from "@gifticon/contract/record-headers.ts";
import { numberSize, writeNumber } from "@gifticon/contract/variable-numbers.ts";
import type { Message } from "kafkajs";
import crc32C from "kafkajs/src/protocol/recordBatch/crc32C/index.js";
import { AT, MAGIC } from "./record-batches.ts";

const NO_PRODUCER_ID = -1n;

/**
 * Messages of one partition as Kafka stores them: a batch of format 2, not compressed and not part
 * of a transaction or of an idempotent producer's sequence. kafkajs sends it to its partition like
 * a single message (`write-record-sets.ts`).
 */
export class RecordSet implements Message {
  readonly partition: number;
  readonly value: Buffer;

  /** Encodes the messages. One without a timestamp gets the current time. */
  constructor(partition: number, messages: readonly OutgoingMessage[]) {
    this.partition = partition;
    this.value = encode(messages, Date.now());
  }
}

/**
 * Encodes messages into the same bytes as kafkajs, which makes several buffers for each record and
 * takes five times as long. The only difference: when some messages have no timestamp, the times in
 * kafkajs's batch header do not include theirs.
 */
function encode(messages: readonly OutgoingMessage[], now: number): Buffer {
  const times = messages.map(({ timestamp }) => (timestamp === undefined ? now : Number(timestamp)));
  const firstTime = times.reduce((first, time) => Math.min(first, time));
  const maxTime = times.reduce((last, time) => Math.max(last, time));
  const records = messages.map((message, offset) => recordOf(message, (times[offset] ?? now) - firstTime, offset));

  const size = records.reduce((sum, { bodySize }) => sum + numberSize(bodySize) + bodySize, 0);
  // The other fields are 0: the first offset (which the broker sets), the leader's epoch, the
  // attributes, the producer's epoch and sequence.
  const bytes = Buffer.allocUnsafe(AT.records + size).fill(0, 0, AT.records);
  bytes.writeInt32BE(bytes.length - AT.leaderEpoch, AT.batchLength);
  bytes.writeInt8(MAGIC, AT.magic);
  bytes.writeInt32BE(messages.length - 1, AT.lastOffsetDelta);
  bytes.writeBigInt64BE(BigInt(firstTime), AT.firstTime);
  bytes.writeBigInt64BE(BigInt(maxTime), AT.maxTime);
  bytes.writeBigInt64BE(NO_PRODUCER_ID, AT.producerId);
  bytes.writeInt32BE(messages.length, AT.count);
  let at: number = AT.records;
  for (const record of records) at = writeRecord(bytes, at, record);
  bytes.writeUInt32BE(crc32C(bytes.subarray(AT.checked)), AT.checksum);
  return bytes;
}

/** A record, and the encoded size of its body. */
interface SizedRecord {
  timeDelta: number;
  offsetDelta: number;
  /** Key and value. */
  parts: [Part, Part];
  headers: RecordHeaders;
  bodySize: number;
}

function recordOf(message: OutgoingMessage, timeDelta: number, offsetDelta: number): SizedRecord {
  const { key, value } = message;
  const headers = headersOf(message);
  const numbers = 1 + numberSize(timeDelta) + numberSize(offsetDelta) + numberSize(headers.count);
  const bodySize = numbers + partSize(key) + partSize(value) + headers.bytes.length;
  return { timeDelta, offsetDelta, parts: [key, value], headers, bodySize };
}

function writeRecord(bytes: Buffer, start: number, { timeDelta, offsetDelta, parts, headers, bodySize }: SizedRecord) {
  let at = writeNumber(bytes, start, bodySize);
  // Attributes of the record. The protocol defines none yet.
  at = bytes.writeInt8(0, at);
  at = writeNumber(bytes, at, timeDelta);
  at = writeNumber(bytes, at, offsetDelta);
  for (const part of parts) at = writePart(bytes, at, part);
  at = writeNumber(bytes, at, headers.count);
  return at + headers.bytes.copy(bytes, at);
}
