import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { RecordHeaders } from "@gifticon/contract/record-headers.ts";
import { NumberReader } from "@gifticon/contract/variable-numbers.ts";

/**
 * Positions of the fields in a batch of format 2.
 * https://kafka.apache.org/documentation/#recordbatch
 */
export const AT = {
  batchLength: 8,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  checked: 21,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTime: 27,
  maxTime: 35,
  producerId: 43,
  count: 57,
  records: 61,
} as const;
/** Version of the batch format since Kafka 0.11. The broker converts batches of older clients. */
export const MAGIC = 2;

const COMPRESSION = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** Type of an abort marker. It is in the marker's key, after a version of 2 bytes. */
const ABORT = 0;
const MARK_TYPE_AT = 2;

/**
 * Maximum number of records from one fetch of a partition. The next fetch continues after them. A
 * compressed batch can hold millions of records, which would exceed the process's memory.
 */
export const MAX_RECORDS = 20_000;

/** An aborted transaction, as the broker reports it beside the records. */
export interface AbortedTransaction {
  producerId: bigint;
  firstOffset: bigint;
}

/** Options for reading a partition's bytes. */
export interface ReadOptions {
  /** First requested offset. A batch may begin before it. */
  fetchOffset: bigint;
  aborted: readonly AbortedTransaction[];
  /** Decompresses bytes by the number of their compression. Throws when it can't read them. */
  decompress: (compression: number, bytes: Buffer) => Promise<Buffer>;
  maxRecords?: number;
}

/**
 * Result of reading: the records in order, and the offset after the last batch, which may have no
 * visible record.
 */
export interface ReadResult {
  records: FetchedRecord[];
  nextOffset: bigint;
}

/**
 * Reads the batches of a fetch: the records from the requested offset on, without those of aborted
 * transactions. The content of a batch never makes it throw: an unreadable batch becomes one record
 * with the reason. It leaves a batch that the broker cut off at the end for the next fetch.
 */
export async function readRecordBatches(bytes: Buffer, options: ReadOptions): Promise<ReadResult> {
  const { fetchOffset, maxRecords = MAX_RECORDS } = options;
  const isAborted = abortedBatches(options.aborted);
  const read: ReadResult = { records: [], nextOffset: fetchOffset };
  let rest = bytes;
  while (rest.length >= AT.attributes) {
    const length = AT.leaderEpoch + rest.readInt32BE(AT.batchLength);
    if (length < AT.attributes || rest.length < length) break;
    const batch = rest.subarray(0, length);
    rest = rest.subarray(length);
    if (lastOffsetOf(batch) < fetchOffset || isAborted(batch)) {
      read.nextOffset = larger(read.nextOffset, lastOffsetOf(batch) + 1n);
      continue;
    }
    const left = maxRecords - read.records.length;
    const { records, nextOffset } = await readBatch(batch, options, left);
    for (const record of records) read.records.push(record);
    read.nextOffset = larger(read.nextOffset, nextOffset);
    if (records.length >= left) break;
  }
  return read;
}

async function readBatch(batch: Buffer, { fetchOffset, decompress }: ReadOptions, most: number): Promise<ReadResult> {
  try {
    if (batch.readInt8(AT.magic) !== MAGIC) throw new RangeError(`has format ${batch.readInt8(AT.magic)}; expected 2`);
    const attributes = batch.readInt16BE(AT.attributes);
    if ((attributes & CONTROL) !== 0) return { records: [], nextOffset: lastOffsetOf(batch) + 1n };
    const packed = batch.subarray(AT.records);
    const compression = attributes & COMPRESSION;
    const bytes = compression === 0 ? packed : await decompress(compression, packed);
    return readRecords(batch, bytes, fetchOffset, most);
  } catch (error) {
    return { records: [unreadable(batch, error as Error)], nextOffset: lastOffsetOf(batch) + 1n };
  }
}

function readRecords(batch: Buffer, bytes: Buffer, fetchOffset: bigint, most: number): ReadResult {
  const [firstOffset, firstTime] = [batch.readBigInt64BE(0), batch.readBigInt64BE(AT.firstTime)];
  const isLogAppendTime = (batch.readInt16BE(AT.attributes) & LOG_APPEND_TIME) !== 0;
  const reader = new NumberReader(bytes);
  const records: FetchedRecord[] = [];
  const count = batch.readInt32BE(AT.count);
  const lastOffset = lastOffsetOf(batch);
  let previous = firstOffset - 1n;
  for (let index = 0; index < count; index++) {
    const size = reader.integer();
    const end = reader.at + size;
    if (size < 0 || size > reader.left) throw new RangeError("a record isn't whole");
    // Attributes of the record. The protocol defines none yet.
    reader.byte();
    const timeDelta = reader.long();
    const offset = firstOffset + BigInt(reader.integer());
    // The broker doesn't check the offsets of an uncompressed batch. Another offset belongs to
    // another record, and a fetch after it would skip records.
    if (offset <= previous || offset > lastOffset) throw new RangeError("its offsets aren't those of its records");
    previous = offset;
    if (offset >= fetchOffset) {
      if (records.length >= most) return { records, nextOffset: offset };
      const [key, value] = [reader.bytes(), reader.bytes()];
      const headers = readHeaders(bytes.subarray(reader.at, end));
      const time = isLogAppendTime ? batch.readBigInt64BE(AT.maxTime) : BigInt.asIntN(64, firstTime + timeDelta);
      records.push({ offset: offset.toString(), timestamp: time.toString(), key, value, headers });
    }
    reader.at = end;
  }
  return { records, nextOffset: lastOffset + 1n };
}

const NO_HEADERS = 0;

function readHeaders(bytes: Buffer): RecordHeaders {
  return bytes.length === 1 && bytes[0] === NO_HEADERS ? RecordHeaders.NONE : RecordHeaders.read(bytes);
}

function unreadable(batch: Buffer, { message }: Error): FetchedRecord {
  const isDated = batch.length >= AT.producerId && batch.readInt8(AT.magic) === MAGIC;
  return {
    offset: lastOffsetOf(batch).toString(),
    timestamp: (isDated ? batch.readBigInt64BE(AT.maxTime) : -1n).toString(),
    key: null,
    value: batch,
    headers: RecordHeaders.NONE,
    unreadable: `batch of offsets ${batch.readBigInt64BE(0).toString()} to ${lastOffsetOf(batch).toString()}: ${message}`,
  };
}

/**
 * Returns the offset of a batch's last record. Formats before 2 have it at the start of the batch.
 */
function lastOffsetOf(batch: Buffer): bigint {
  const hasDelta = batch.length >= AT.firstTime && batch.readInt8(AT.magic) === MAGIC;
  return batch.readBigInt64BE(0) + (hasDelta ? BigInt(batch.readInt32BE(AT.lastOffsetDelta)) : 0n);
}

/**
 * Returns a function that reports for each batch, in order, if its transaction was aborted. kafkajs
 * 2.2.4 takes any record with the key 00000000 for an abort marker, and then returns the aborted
 * records after it.
 */
function abortedBatches(aborted: readonly AbortedTransaction[]): (batch: Buffer) => boolean {
  const ahead = aborted.toSorted((one, other) => Number(one.firstOffset - other.firstOffset));
  const open = new Set<bigint>();
  return (batch) => {
    if (aborted.length === 0 || batch.length < AT.records || batch.readInt8(AT.magic) !== MAGIC) return false;
    while (ahead[0] !== undefined && ahead[0].firstOffset <= lastOffsetOf(batch)) {
      open.add(ahead[0].producerId);
      ahead.shift();
    }
    const [attributes, producerId] = [batch.readInt16BE(AT.attributes), batch.readBigInt64BE(AT.producerId)];
    if ((attributes & CONTROL) !== 0) {
      if (isAbortMark(batch)) open.delete(producerId);
      return false;
    }
    return (attributes & TRANSACTIONAL) !== 0 && open.has(producerId);
  };
}

function isAbortMark(batch: Buffer): boolean {
  try {
    const reader = new NumberReader(batch.subarray(AT.records));
    reader.integer();
    reader.byte();
    reader.long();
    reader.integer();
    return reader.bytes()?.readInt16BE(MARK_TYPE_AT) === ABORT;
  } catch {
    return false;
  }
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
