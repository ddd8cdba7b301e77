import { sizeOf } from "@gifticon/contract/message-size.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import type { Message, Producer } from "kafkajs";
import { REQUEST_TIMEOUT_MS } from "./client.ts";

/** Below the broker's default bound of 1 MiB for a batch, framing included. */
const SLICE_BYTES = 900_000;

/** The broker's answer doesn't prove that the messages are stored. */
export class NotAcknowledgedError extends Error {
  override readonly name = "NotAcknowledgedError";
  readonly code = "NOT_ACKNOWLEDGED";
}

/**
 * Writes messages and returns when the broker has acknowledged them from all in-sync replicas.
 *
 * @throws When one attempt fails; the messages may have been stored nevertheless.
 */
export async function sendAcknowledged(
  producer: Pick<Producer, "send">,
  topic: string,
  messages: OutgoingMessage[],
): Promise<void> {
  // kafkajs only carries them: `write-record-sets.ts` writes them.
  const answers = await producer.send({
    topic,
    messages: messages as Message[],
    acks: -1,
    timeout: REQUEST_TIMEOUT_MS,
  });
  // kafkajs leaves out partitions that its metadata doesn't know, and succeeds: no answer is no
  // acknowledgement.
  const isAnswered = (asked?: number) => asked === undefined || answers.some(({ partition }) => partition === asked);
  if (
    answers.length === 0 ||
    answers.some(({ errorCode }) => errorCode !== 0) ||
    !messages.every(({ partition }) => isAnswered(partition))
  ) {
    throw new NotAcknowledgedError(`the broker didn't acknowledge all that was written to ${topic}`);
  }
}

/** Writes messages of any size in slices that the broker takes; one that is larger goes alone. */
export async function sendInSlices(
  producer: Pick<Producer, "send">,
  topic: string,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  for (const slice of slices(messages)) await sendAcknowledged(producer, topic, slice);
}

/** Messages in their order, as many together as a batch may hold. */
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
