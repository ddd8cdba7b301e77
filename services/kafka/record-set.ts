import type { Message } from "kafkajs";
import crc32C from "kafkajs/src/protocol/recordBatch/crc32C/index.js";

/** Where the fields of a batch stand; all before its records. https://kafka.apache.org/documentation/#recordbatch */
const AT = {
  batchLength: 8,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  checked: 21,
  lastOffsetDelta: 23,
  firstTime: 27,
  maxTime: 35,
  producerId: 43,
  count: 57,
  records: 61,
};
const MAGIC = 2;
const NO_PRODUCER_ID = -1n;

/**
 * Messages of one partition as Kafka takes them: a batch of format 2, neither compressed nor part of a transaction or of an idempotent producer's sequence.
 * kafkajs carries it to its partition as if it were a single message (`write-record-sets.ts`).
 */
export class RecordSet implements Message {
  readonly partition: number;
  readonly value: Buffer;

  /** Messages without a time get the present one. */
  constructor(partition: number, messages: readonly Message[]) {
    this.partition = partition;
    this.value = encode(messages, Date.now());
  }
}

/**
 * The bytes are those of kafkajs, which makes several buffers for each record and takes five times as long; where only some messages have a time, its batch
 * doesn't count those without.
 */
function encode(messages: readonly Message[], now: number): Buffer {
  const times = messages.map(({ timestamp }) => (timestamp === undefined ? now : Number(timestamp)));
  const firstTime = times.reduce((first, time) => Math.min(first, time));
  const maxTime = times.reduce((last, time) => Math.max(last, time));
  const records = messages.map((message, offset) => recordOf(message, (times[offset] ?? now) - firstTime, offset));

  const size = records.reduce((sum, { bodySize }) => sum + numberSize(bodySize) + bodySize, 0);
  // What isn't written is 0: the first offset, which the broker gives, the leader's epoch, attributes, the producer's epoch and sequence.
  const bytes = Buffer.allocUnsafe(AT.records + size).fill(0, 0, AT.records);
  bytes.writeInt32BE(bytes.length - AT.leaderEpoch, AT.batchLength);
  bytes.writeInt8(MAGIC, AT.magic);
  bytes.writeInt32BE(messages.length - 1, AT.lastOffsetDelta);
  bytes.writeBigInt64BE(BigInt(firstTime), AT.firstTime);
  bytes.writeBigInt64BE(BigInt(maxTime), AT.maxTime);
  bytes.writeBigInt64BE(NO_PRODUCER_ID, AT.producerId);
  bytes.writeInt32BE(messages.length, AT.count);
  let at = AT.records;
  for (const record of records) at = writeRecord(bytes, at, record);
  bytes.writeUInt32BE(crc32C(bytes.subarray(AT.checked)), AT.checksum);
  return bytes;
}

type Part = Buffer | string | null | undefined;

/** A record, and what its body takes on the wire. */
interface SizedRecord {
  timeDelta: number;
  offsetDelta: number;
  /** Key and value. */
  parts: [Part, Part];
  /** Names and values in their order; a header that has several values is there several times. */
  headers: [name: string, value: Part][];
  bodySize: number;
}

function recordOf({ key, value, headers: named = {} }: Message, timeDelta: number, offsetDelta: number): SizedRecord {
  const headers: SizedRecord["headers"] = [];
  for (const [name, values] of Object.entries(named)) {
    if (Array.isArray(values)) for (const one of values) headers.push([name, one]);
    else headers.push([name, values]);
  }
  let bodySize = 1 + numberSize(timeDelta) + numberSize(offsetDelta) + numberSize(headers.length);
  bodySize += partSize(key) + partSize(value);
  for (const [name, text] of headers) bodySize += partSize(name) + partSize(text);
  return { timeDelta, offsetDelta, parts: [key, value], headers, bodySize };
}

function writeRecord(bytes: Buffer, start: number, { timeDelta, offsetDelta, parts, headers, bodySize }: SizedRecord) {
  let at = writeNumber(bytes, start, bodySize);
  // Its attributes: there are none.
  at = bytes.writeInt8(0, at);
  at = writeNumber(bytes, at, timeDelta);
  at = writeNumber(bytes, at, offsetDelta);
  for (const part of parts) at = writePart(bytes, at, part);
  at = writeNumber(bytes, at, headers.length);
  for (const [name, value] of headers) at = writePart(bytes, writePart(bytes, at, name), value);
  return at;
}

function partSize(part: Part): number {
  if (part === null || part === undefined) return numberSize(-1);
  const length = Buffer.byteLength(part);
  return numberSize(length) + length;
}

function writePart(bytes: Buffer, start: number, part: Part): number {
  if (part === null || part === undefined) return writeNumber(bytes, start, -1);
  const at = writeNumber(bytes, start, Buffer.byteLength(part));
  return at + (typeof part === "string" ? bytes.write(part, at) : part.copy(bytes, at));
}

/** Small numbers, below zero too, as small ones above it (zigzag). */
const folded = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** Bytes of a number of variable length: 7 bits each. */
function numberSize(value: number): number {
  let size = 1;
  for (let rest = folded(value); rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeNumber(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = folded(value);
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128;
  bytes[at++] = rest;
  return at;
}
