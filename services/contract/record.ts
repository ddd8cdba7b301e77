import type { Message } from "kafkajs";
import type { FetchedRecord } from "./fetched-record.ts";
import type { RecordHeaders } from "./record-headers.ts";
import { type GifticonRequest, MAX_USER_ID } from "./request.ts";
import { isRequestId, type RecordPosition, requestIdOfPosition } from "./request-id.ts";

/**
 * The headers of a record; other headers are left alone, so that tracing and Spring may add theirs.
 */
export const HEADER = { requestId: "request-id", requestedAt: "requested-at" } as const;

/** Milliseconds since 1970, up to the year 33658. */
const USABLE_TIME = /^\d{1,15}$/;
/**
 * The time of a record that its producer gave none: old clients, whose message format 0 has no
 * field for it.
 */
const NO_TIME = "-1";

/** Returns whether a record's time tells when it was written. */
export function isUsableTime(timestamp: string): boolean {
  return USABLE_TIME.test(timestamp);
}

/** A record that isn't a request; `reason` says why, for the dead letter's header. */
export interface Poison {
  reason: string;
}

/**
 * A request as a record: what Spring's StringSerializer and LongSerializer write, with its id in a
 * header. Its time is the record's own, which needs no header: kafkajs encodes each in a buffer of
 * its own.
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
 * Reads a record: a request, or the reason why it isn't one. Never throws. The key may be absent (a
 * template that sends values only still says who asks), but not contradict the value. The time of a
 * request is that of the header, else of the record, else of its arrival, which is the reading of
 * it.
 *
 * @param now Milliseconds since 1970.
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
 * The id of a record that carries none: the same at each delivery. Without a usable time, the value
 * tells apart the records of a topic that was deleted and made again.
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
 * A header's text; undefined where there is none with a value. A repeated header is one that nobody
 * can read, so it becomes unreadable text.
 */
function headerText(headers: RecordHeaders, name: string): string | undefined {
  if (headers.count === 0) return undefined;
  const [value, ...others] = headers.valuesOf(name).filter((one) => one !== null);
  if (others.length > 0) return "(repeated)";
  // Valid values are ASCII, and other bytes are unreadable in any encoding.
  return value?.toString("latin1");
}
