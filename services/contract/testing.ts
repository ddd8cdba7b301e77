import type { FetchedRecord } from "./fetched-record.ts";
import { headersOf, type OutgoingMessage } from "./outgoing-message.ts";

/**
 * Returns the message as a consumer receives it, by default at offset 0 and with the timestamp 0.
 */
export function delivered(message: OutgoingMessage, position: Partial<FetchedRecord> = {}): FetchedRecord {
  const bytes = (part: OutgoingMessage["key"] | undefined) => (typeof part === "string" ? Buffer.from(part) : part);
  return {
    offset: "0",
    timestamp: message.timestamp ?? "0",
    key: bytes(message.key) ?? null,
    value: bytes(message.value) ?? null,
    headers: headersOf(message),
    ...position,
  };
}
