import type { FetchedRecord } from "./fetched-record.ts";
import { headersOf, type OutgoingMessage } from "./outgoing-message.ts";

/** The message as a consumer gets it, at offset 0 and with the time 0 unless it has another. */
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
