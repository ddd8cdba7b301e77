import type { Message } from "kafkajs";
import type { FetchedRecord } from "./fetched-record.ts";
import type { RecordHeaders } from "./record-headers.ts";
import { type GifticonRequest, MAX_USER_ID } from "./request.ts";
import { isRequestId, type RecordPosition, requestIdOfPosition } from "./request-id.ts";

/** Headers of a record. Other headers are ignored, so that tracing and Spring may add theirs. */
export const HEADER = { requestId: "request-id", requestedAt: "requested-at" } as const;

/** Milliseconds since 1970, up to the year 33658. */
const USABLE_TIME = /^\d{1,15}$/;
/**
 * Timestamp of a record whose producer set none: message format 0 of old clients has no such field.
 */
const NO_TIME = "-1";

/** Returns true for a timestamp that gives the time of the record. */
export function isUsableTime(timestamp: string): boolean {
  return USABLE_TIME.test(timestamp);
}

/** A record that isn't a request. The dead letter's header has the reason. */
export interface Poison {
  reason: string;
}

/**
 * Encodes a request as a record, in the form of Spring's StringSerializer and LongSerializer, with
 * its id in a header. Its time is the record's timestamp. It has no header of its own, because
 * kafkajs encodes each header in a separate buffer.
 */
export function encodeRecord({ requestId, userId, requestedAt }: GifticonRequest): Message {
  const value = Buffer.allocUnsafe(8);
  value.writeBigInt64BE(userId);
  return {
    key: userId.toString(),
    value,
    timestamp: requestedAt.toString(),
    headers: { [HEADER.requestId]: requestId },
  };
}

/**
 * Decodes a record. Returns a request, or the reason why the record isn't one. Never throws. The
 * key may be absent, as in a client that sends only values, but it must not contradict the value.
 * The time of a request is that of its header, else of the record, else the time of reading.
 *
 * @param now milliseconds since 1970.
 */
export function decodeRecord(
  topic: string,
  partition: number,
  record: FetchedRecord,
  now: number = Date.now(),
): GifticonRequest | Poison {
  const { key, value, headers, offset, timestamp, unreadable } = record;
  if (unreadable !== undefined) return { reason: unreadable };
  if (value === null) return { reason: "value: is null; expected 8 bytes" };
  if (value.length !== 8) return { reason: `value: has ${value.length} bytes; expected 8` };

  const userId = value.readBigInt64BE();
  if (userId < 1n) return { reason: `value: user id ${userId.toString()} is outside 1 to ${MAX_USER_ID.toString()}` };
  if (key !== null && key.toString("latin1") !== userId.toString()) {
    return { reason: `key: isn't the text of the value's user id ${userId.toString()}` };
  }

  const requestId = headerText(headers, HEADER.requestId);
  if (requestId !== undefined && !isRequestId(requestId)) return { reason: `header ${HEADER.requestId}: isn't a UUID` };

  const requestedAt = headerText(headers, HEADER.requestedAt) ?? NO_TIME;
  if (requestedAt !== NO_TIME && !isUsableTime(requestedAt)) {
    return { reason: `header ${HEADER.requestedAt}: isn't a time in milliseconds since 1970` };
  }
  const time = [requestedAt, timestamp].find(isUsableTime);
  const position = { topic, partition, offset, timestamp };
  return {
    requestId: requestId?.toLowerCase() ?? requestIdOfRecord(position, value),
    userId,
    requestedAt: time === undefined ? now : Number(time),
  };
}

/**
 * Returns the id of a record that carries none. It is the same at each delivery. For a record
 * without a usable time, the value distinguishes the records of a topic that was deleted and
 * created again.
 */
export function requestIdOfRecord(position: RecordPosition, value: Buffer | null): string {
  if (isUsableTime(position.timestamp)) return requestIdOfPosition(position);
  return requestIdOfPosition({ ...position, timestamp: `${position.timestamp} ${value?.toString("hex") ?? ""}` });
}

/** Returns true for a record that couldn't be decoded. */
export function isPoison(decoded: GifticonRequest | Poison): decoded is Poison {
  return "reason" in decoded;
}

/**
 * Returns a header's text, or undefined without a header that has a value. A repeated header is
 * ambiguous, so its text is one that is never valid.
 */
function headerText(headers: RecordHeaders, name: string): string | undefined {
  if (headers.count === 0) return undefined;
  const [value, ...others] = headers.valuesOf(name).filter((one) => one !== null);
  if (others.length > 0) return "(repeated)";
  // Valid values are ASCII. Other bytes are invalid in any encoding.
  return value?.toString("latin1");
}
