import { headersOf, type OutgoingMessage } from "./outgoing-message.ts";

/** The most that the lengths and numbers of a record take (variable-length integers). */
const FRAMING_BYTES = 48;

/**
 * About the bytes that a message takes on the wire: its content, and as much framing as there can
 * be.
 */
export function sizeOf(message: Pick<OutgoingMessage, "key" | "value" | "headers">): number {
  const lengthOf = (part: OutgoingMessage["key"] | undefined) =>
    part === undefined || part === null ? 0 : Buffer.byteLength(part);
  return lengthOf(message.key) + lengthOf(message.value) + headersOf(message).bytes.length + FRAMING_BYTES;
}
