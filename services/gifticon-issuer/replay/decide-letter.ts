import { decodeDeadLetter, replayOf } from "@gifticon/contract/dead-letter.ts";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { sizeOf } from "@gifticon/contract/message-size.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { decodeRecord, isPoison } from "@gifticon/contract/record.ts";
import { type RecordPosition, requestIdOfPosition } from "@gifticon/contract/request-id.ts";

/**
 * Largest record that a topic accepts under Kafka's default limit for a batch, with its framing.
 */
const LARGEST_RECORD = 1_000_000;

/** The decision about a dead letter. */
export interface LetterDecision {
  /** Stable and unique id of the letter. */
  letterId: string;
  /** Original position of the record. */
  position: RecordPosition;
  /** The record to put back; undefined for a letter that stays because of `reason`. */
  message: OutgoingMessage | undefined;
  reason: string;
}

/**
 * Decides whether a dead letter goes back to the topic. It does if its record can be read now. A
 * letter without its record, with a whole batch, or with a too large record always stays.
 *
 * @param all also puts back records that still can't be read. The issuer makes new dead letters of
 *   them.
 */
export function decideLetter(topic: string, partition: number, message: FetchedRecord, all: boolean): LetterDecision {
  const { offset, timestamp } = message;
  const letter = decodeDeadLetter(topic, partition, message);
  const { position, record, leftOut } = letter;
  const decision = { letterId: requestIdOfPosition({ topic, partition, offset, timestamp }), position };
  const stays = (reason: string) => ({ ...decision, message: undefined, reason });

  if (leftOut > 0)
    return stays(`its ${leftOut} bytes were too many for a dead letter; the record is at its original position`);
  if (record.unreadable !== undefined) return stays(record.unreadable);
  const back = replayOf(letter);
  const size = sizeOf(back);
  if (size > LARGEST_RECORD) return stays(`its ${size} bytes are more than the topic accepts uncompressed`);
  const decoded = decodeRecord(position.topic, position.partition, record);
  if (isPoison(decoded) && !all) return stays(decoded.reason);
  return { ...decision, message: back, reason: letter.reason };
}
