import { headersOf, type OutgoingMessage } from "./outgoing-message.ts";

/** Maximum size of the lengths and numbers of a record (variable-length integers), in bytes. */
const FRAMING_BYTES = 48;

/**
 * Returns an estimate of a message's encoded size, in bytes: its content and the maximum framing.
 */
export function sizeOf(message: Pick<OutgoingMessage, "key" | "value" | "headers">): number {
  const lengthOf = (part: OutgoingMessage["key"] | undefined) =>
    part === undefined || part === null ? 0 : Buffer.byteLength(part);
  return lengthOf(message.key) + lengthOf(message.value) + headersOf(message).bytes.length + FRAMING_BYTES;
}
