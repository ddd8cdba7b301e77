import { sizeOf } from "@gifticon/contract/message-size.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import type { Message, Producer } from "kafkajs";
import { REQUEST_TIMEOUT_MS } from "./client.ts";

/** Below the broker's default limit of 1 MiB for a batch with its framing. */
const SLICE_BYTES = 900_000;

/** The broker's answer doesn't prove that the messages are stored. */
export class NotAcknowledgedError extends Error {
  override readonly name = "NotAcknowledgedError";
  readonly code = "NOT_ACKNOWLEDGED";
}

/**
 * Writes messages and returns when the broker has acknowledged them from all in-sync replicas.
 *
 * @throws the error of its single attempt; the messages may have been stored nevertheless.
 */
export async function sendAcknowledged(
  producer: Pick<Producer, "send">,
  topic: string,
  messages: OutgoingMessage[],
): Promise<void> {
  // kafkajs only sends these messages. `write-record-sets.ts` encodes them.
  const answers = await producer.send({
    topic,
    messages: messages as Message[],
    acks: -1,
    timeout: REQUEST_TIMEOUT_MS,
  });
  // kafkajs skips partitions that its metadata lacks, and succeeds. So a missing answer means that
  // the broker acknowledged nothing.
  const isAnswered = (asked?: number) => asked === undefined || answers.some(({ partition }) => partition === asked);
  if (
    answers.length === 0 ||
    answers.some(({ errorCode }) => errorCode !== 0) ||
    !messages.every(({ partition }) => isAnswered(partition))
  ) {
    throw new NotAcknowledgedError(`the broker didn't acknowledge all that was written to ${topic}`);
  }
}

/**
 * Writes messages of any size in slices that the broker accepts. It sends a larger message alone.
 */
export async function sendInSlices(
  producer: Pick<Producer, "send">,
  topic: string,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  for (const slice of slices(messages)) await sendAcknowledged(producer, topic, slice);
}

/** Divides messages into slices, in order, each with as many as a batch may hold. */
export function slices(messages: readonly OutgoingMessage[], bytes = SLICE_BYTES): OutgoingMessage[][] {
  const all: OutgoingMessage[][] = [];
  let left = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    const current = all.at(-1);
    if (current === undefined || size > left) {
      all.push([message]);
      left = bytes - size;
    } else {
      current.push(message);
      left -= size;
    }
  }
  return all;
}
