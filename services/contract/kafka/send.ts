import type { Message, Producer } from "kafkajs";
import { REQUEST_TIMEOUT_MS } from "./client.ts";

/** The broker's answer doesn't prove that the messages are stored. */
export class NotAcknowledgedError extends Error {
  override readonly name = "NotAcknowledgedError";
}

/**
 * Writes messages and returns when the broker has acknowledged them from all in-sync replicas.
 *
 * @throws When one attempt fails; the messages may have been stored nevertheless.
 */
export async function sendAcknowledged(
  producer: Pick<Producer, "send">,
  topic: string,
  messages: Message[],
): Promise<void> {
  const answers = await producer.send({ topic, messages, acks: -1, timeout: REQUEST_TIMEOUT_MS });
  // kafkajs leaves out partitions that its metadata doesn't know, and succeeds: no answer is no acknowledgement.
  if (answers.length === 0 || answers.some(({ errorCode }) => errorCode !== 0)) {
    throw new NotAcknowledgedError(`the broker didn't acknowledge ${messages.length} messages on ${topic}`);
  }
}
