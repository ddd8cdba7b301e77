import type { KafkaMessage, Message } from "kafkajs";
import { sizeOf } from "./message-size.ts";
import { HEADER, type Poison } from "./record.ts";
import { type RecordPosition, requestIdOfPosition } from "./request-id.ts";

/** Where records that can't be read go, with the reason in their headers. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dlt`;
}

/** The headers that the dead letter topic adds to a record's own. */
export const DEAD_LETTER_HEADER = {
  reason: "dlt-reason",
  topic: "dlt-original-topic",
  partition: "dlt-original-partition",
  offset: "dlt-original-offset",
  timestamp: "dlt-original-timestamp",
  /** Only of a record too large to be kept: the size of what was left out, in bytes. */
  leftOut: "dlt-left-out-bytes",
} as const;

/** What a dead letter may weigh. Its topic takes batches of 2 MiB, so every record that came uncompressed fits. */
const LARGEST_LETTER = 1.5 * 1024 * 1024;

/** A dead letter, taken apart. */
export interface DeadLetter {
  /** Why it couldn't be read then. */
  reason: string;
  position: RecordPosition;
  /** The record as it stood there, without the dead letter's own headers. */
  record: KafkaMessage;
  /** Bytes that were too many to be kept; 0 for a whole record. */
  leftOut: number;
}

/**
 * The dead letter of a record: its bytes and headers unchanged, with the reason and where it stood. Of a record that was
 * compressed and is too large to be written again, only that: it stands in its topic until the retention ends.
 */
export function encodeDeadLetter(topic: string, partition: number, message: KafkaMessage, { reason }: Poison): Message {
  const { key, value, headers } = message;
  const size = sizeOf({ key, value, headers: headers ?? {} });
  const own = {
    [DEAD_LETTER_HEADER.reason]: reason,
    [DEAD_LETTER_HEADER.topic]: topic,
    [DEAD_LETTER_HEADER.partition]: partition.toString(),
    [DEAD_LETTER_HEADER.offset]: message.offset,
    [DEAD_LETTER_HEADER.timestamp]: message.timestamp,
  };
  return size > LARGEST_LETTER
    ? { key: null, value: null, headers: { ...own, [DEAD_LETTER_HEADER.leftOut]: size.toString() } }
    : { key, value, headers: { ...headers, ...own } };
}

/** Takes a dead letter apart; one that somebody else wrote there is its own original. */
export function decodeDeadLetter(topic: string, partition: number, message: KafkaMessage): DeadLetter {
  const headers = { ...message.headers };
  const take = (name: string): string | undefined => {
    const value = headers[name];
    // Computed names are the point here: the record gets back the headers that it had.
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    delete headers[name];
    return value === undefined || Array.isArray(value) ? undefined : value.toString();
  };
  const position = {
    topic: take(DEAD_LETTER_HEADER.topic) ?? topic,
    partition: Number(take(DEAD_LETTER_HEADER.partition) ?? partition),
    offset: take(DEAD_LETTER_HEADER.offset) ?? message.offset,
    timestamp: take(DEAD_LETTER_HEADER.timestamp) ?? message.timestamp,
  };
  return {
    reason: take(DEAD_LETTER_HEADER.reason) ?? "written by somebody else",
    leftOut: Number(take(DEAD_LETTER_HEADER.leftOut) ?? 0),
    position,
    record: { ...message, headers, offset: position.offset, timestamp: position.timestamp } as KafkaMessage,
  };
}

/**
 * The record to put back on the topic: as it was, with the request id and the time that it had at its original position,
 * so that however often it comes it is one request.
 */
export function replayOf({ position, record }: DeadLetter): Message {
  const { key, value, headers } = record;
  return {
    key,
    value,
    timestamp: position.timestamp,
    headers: {
      [HEADER.requestId]: requestIdOfPosition(position),
      [HEADER.requestedAt]: position.timestamp,
      ...headers,
    },
  };
}
