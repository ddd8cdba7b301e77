import { decodeDeadLetter, replayOf } from "@gifticon/contract/dead-letter.ts";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { sizeOf } from "@gifticon/contract/message-size.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { decodeRecord, isPoison } from "@gifticon/contract/record.ts";
import { type RecordPosition, requestIdOfPosition } from "@gifticon/contract/request-id.ts";

/** What a topic takes with Kafka's default bound on a batch, framing included. */
const LARGEST_RECORD = 1_000_000;

/** What is to be done with a dead letter. */
export interface LetterVerdict {
  /** The same whenever the letter is read, and of this letter only. */
  letterId: string;
  /** Where the record stood first. */
  position: RecordPosition;
  /** The record to put back; undefined for one that stays, for the reason beside it. */
  message: OutgoingMessage | undefined;
  reason: string;
}

/**
 * Judges a dead letter: what can be read now goes back on the topic.
 *
 * @param all Puts back also what can't be read; the issuer will make a new dead letter of it.
 */
export function judgeLetter(topic: string, partition: number, message: FetchedRecord, all: boolean): LetterVerdict {
  const { offset, timestamp } = message;
  const letter = decodeDeadLetter(topic, partition, message);
  const { position, record, leftOut } = letter;
  const verdict = { letterId: requestIdOfPosition({ topic, partition, offset, timestamp }), position };
  const stays = (reason: string) => ({ ...verdict, message: undefined, reason });

  if (leftOut > 0)
    return stays(`its ${leftOut} bytes were too many to be kept here; the record is where it stood first`);
  if (record.unreadable !== undefined) return stays(record.unreadable);
  const back = replayOf(letter);
  const size = sizeOf(back);
  if (size > LARGEST_RECORD) return stays(`its ${size} bytes are more than the topic takes uncompressed`);
  const decoded = decodeRecord(position.topic, position.partition, record);
  if (isPoison(decoded) && !all) return stays(decoded.reason);
  return { ...verdict, message: back, reason: letter.reason };
}
