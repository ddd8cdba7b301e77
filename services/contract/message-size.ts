import type { Message } from "kafkajs";

/** The most that lengths and times of a record, or the lengths of a header, take (variable-length integers). */
const FRAMING_BYTES = 32;

/** About the bytes that a message takes on the wire: its content, and as much framing as there can be. */
export function sizeOf({ key, value, headers = {} }: Pick<Message, "key" | "value" | "headers">): number {
  const lengthOf = (part: Message["key"] | undefined) =>
    part === undefined || part === null ? 0 : Buffer.byteLength(part);
  const ofHeaders = Object.entries(headers).flatMap(([name, part]) =>
    (Array.isArray(part) ? part : [part]).map((one) => Buffer.byteLength(name) + lengthOf(one) + FRAMING_BYTES),
  );
  return lengthOf(key) + lengthOf(value) + FRAMING_BYTES + ofHeaders.reduce((sum, size) => sum + size, 0);
}
