import { cutDeadLetter } from "@gifticon/contract/dead-letter.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import type { Logger } from "pino";
import { isCausedByContent } from "./isolate.ts";

/**
 * The broker's errors that a message's size or content causes.
 * https://kafka.apache.org/protocol#protocol_error_codes
 */
const REFUSALS: readonly unknown[] = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD"];

/**
 * Writes dead letters. If the topic refuses a letter because of its size, it is written without its
 * record, with the reason, the record's position and the number of omitted bytes.
 *
 * @param send returns after the messages are acknowledged.
 * @throws The error of `send` when the broker is unavailable or refuses even the short letter.
 */
export async function sendDeadLetters(
  send: (messages: OutgoingMessage[]) => Promise<void>,
  letters: OutgoingMessage[],
  log: Logger,
): Promise<void> {
  try {
    await send(letters);
    return;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn({ err: error, letters: letters.length }, "couldn't write dead letters; writing them one by one");
  }
  for (const letter of letters) {
    await send([letter]).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return send([cutDeadLetter(letter)]);
    });
  }
}

function isRefusal(error: unknown): boolean {
  return isCausedByContent(error) || REFUSALS.includes((error as { type?: unknown }).type);
}
