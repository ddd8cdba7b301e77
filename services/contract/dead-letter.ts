import { DEAD_LETTER_BYTES } from "./facts/queue.ts";
import type { FetchedRecord } from "./fetched-record.ts";
import { sizeOf } from "./message-size.ts";
import { headersOf, type OutgoingMessage } from "./outgoing-message.ts";
import { type RecordHeader, RecordHeaders } from "./record-headers.ts";
import { HEADER, isUsableTime, type Poison, requestIdOfRecord } from "./record.ts";
import type { RecordPosition } from "./request-id.ts";

/** Headers that a dead letter has besides those of its record. */
export const DEAD_LETTER_HEADER = {
  reason: "dlt-reason",
  topic: "dlt-original-topic",
  partition: "dlt-original-partition",
  offset: "dlt-original-offset",
  timestamp: "dlt-original-timestamp",
  /**
   * Only on a whole batch that can't be read. Then the value is the batch as stored in the log, and
   * the offset is that of its last record.
   */
  batch: "dlt-original-batch",
  /** Only on a record that is too large to keep: the number of omitted bytes. */
  leftOut: "dlt-left-out-bytes",
} as const;

/** A decoded dead letter. */
export interface DeadLetter {
  /** Reason why the record couldn't be read. */
  reason: string;
  position: RecordPosition;
  /** Time at which the dead letter was written, in milliseconds since 1970, decimal. */
  writtenAt: string;
  /** The original record, without the dead letter's own headers. */
  record: FetchedRecord;
  /** Number of omitted bytes; 0 for a complete record. */
  leftOut: number;
}

/**
 * Returns the dead letter of a record: its bytes and headers unchanged, followed by headers with
 * the reason and its position. A record that was compressed may be too large to write again. Then
 * the letter has only the reason and the position, and the record stays in its topic until the
 * retention ends.
 */
export function encodeDeadLetter(
  topic: string,
  partition: number,
  { key, value, headers, offset, timestamp, unreadable }: FetchedRecord,
  { reason }: Poison,
): OutgoingMessage {
  const own: RecordHeader[] = [
    [DEAD_LETTER_HEADER.reason, reason],
    [DEAD_LETTER_HEADER.topic, topic],
    [DEAD_LETTER_HEADER.partition, partition.toString()],
    [DEAD_LETTER_HEADER.offset, offset],
    [DEAD_LETTER_HEADER.timestamp, timestamp],
  ];
  if (unreadable !== undefined) own.push([DEAD_LETTER_HEADER.batch, "true"]);
  const letter = { key, value, headers: headers.plus(RecordHeaders.of(own)) };
  return sizeOf(letter) > DEAD_LETTER_BYTES ? cutDeadLetter(letter) : letter;
}

/** Returns the dead letter without its record, and with the number of omitted bytes. */
export function cutDeadLetter(letter: OutgoingMessage): OutgoingMessage {
  const [headers, own] = headersOf(letter).splitAtLast(DEAD_LETTER_HEADER.reason) ?? [];
  const size = sizeOf({ ...letter, headers: headers ?? RecordHeaders.NONE });
  const leftOut = RecordHeaders.of([[DEAD_LETTER_HEADER.leftOut, size.toString()]]);
  return { key: null, value: null, headers: (own ?? RecordHeaders.NONE).plus(leftOut) };
}

/** Decodes a dead letter. A message that somebody else wrote to the topic is its own original. */
export function decodeDeadLetter(topic: string, partition: number, letter: FetchedRecord): DeadLetter {
  const [headers, own] = splitHeaders(letter.headers);
  const position = {
    topic: own.get(DEAD_LETTER_HEADER.topic) ?? topic,
    partition: Number(own.get(DEAD_LETTER_HEADER.partition) ?? partition),
    offset: own.get(DEAD_LETTER_HEADER.offset) ?? letter.offset,
    timestamp: own.get(DEAD_LETTER_HEADER.timestamp) ?? letter.timestamp,
  };
  const reason = own.get(DEAD_LETTER_HEADER.reason) ?? "written by somebody else";
  const unreadable = own.has(DEAD_LETTER_HEADER.batch) ? { unreadable: reason } : {};
  return {
    reason,
    leftOut: Number(own.get(DEAD_LETTER_HEADER.leftOut) ?? 0),
    position,
    writtenAt: letter.timestamp,
    record: { ...letter, headers, offset: position.offset, timestamp: position.timestamp, ...unreadable },
  };
}

/** Patterns of the valid texts of the dead letter's own headers. */
const OWN_TEXTS = new Map<string, RegExp>([
  [DEAD_LETTER_HEADER.reason, /^/],
  [DEAD_LETTER_HEADER.topic, /^[\w.-]+$/],
  [DEAD_LETTER_HEADER.partition, /^\d{1,10}$/],
  [DEAD_LETTER_HEADER.offset, /^\d{1,19}$/],
  [DEAD_LETTER_HEADER.timestamp, /^-?\d{1,19}$/],
  [DEAD_LETTER_HEADER.batch, /^true$/],
  [DEAD_LETTER_HEADER.leftOut, /^\d{1,15}$/],
]);

/**
 * Splits headers into those of the record and those that the dead letter added: its reason and all
 * after it. The record may have headers of the same names before.
 */
function splitHeaders(headers: RecordHeaders): [RecordHeaders, ReadonlyMap<string, string>] {
  const [before, from] = headers.splitAtLast(DEAD_LETTER_HEADER.reason) ?? [headers, RecordHeaders.NONE];
  const own = [...from].map(([name, value]) => [name.toString(), value?.toString() ?? ""] as const);
  const isOurs = own.every(([name, text]) => OWN_TEXTS.get(name)?.test(text) === true);
  return isOurs ? [before, new Map(own)] : [headers, new Map()];
}

/**
 * Returns the record to put back on the topic: the original, with the request id and the time of
 * its original position. So it is one request, however often it is delivered. A record without a
 * usable time gets that of its dead letter, which was written when the record arrived.
 */
export function replayOf({ position, writtenAt, record: { key, value, headers } }: DeadLetter): OutgoingMessage {
  const time = [position.timestamp, writtenAt].find(isUsableTime);
  const own: RecordHeader[] = [[HEADER.requestId, requestIdOfRecord(position, value)]];
  if (time !== undefined) own.push([HEADER.requestedAt, time]);
  const missing = own.filter(([name]) => headers.valuesOf(name.toString()).every((one) => one === null));
  const message = { key, value, headers: headers.plus(RecordHeaders.of(missing)) };
  return time === undefined ? message : { ...message, timestamp: time };
}
