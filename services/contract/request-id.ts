import { createHash, randomUUID } from "node:crypto";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns true for a UUID of any version in the usual form. */
export function isRequestId(text: string): boolean {
  return UUID.test(text);
}

/** The front of the ids of one millisecond, which hundreds of requests share. */
let front = { now: Number.NaN, text: "" };

/**
 * A new id for a request without an idempotency key: UUID version 7 (RFC 9562). The time in front
 * keeps the primary key's index growing at one end; the 74 random bits behind it keep ids
 * unguessable, as an id is all it takes to read a code.
 *
 * @param now Milliseconds since 1970.
 */
export function newRequestId(now: number = Date.now()): string {
  if (now !== front.now) {
    const time = now.toString(16).padStart(12, "0");
    front = { now, text: `${time.slice(0, 8)}-${time.slice(8)}-7` };
  }
  return front.text + randomUUID().slice(15);
}

/**
 * The same user asking with the same key is the same request: that is what makes asking again safe.
 */
export function requestIdOfKey(userId: bigint, idempotencyKey: string): string {
  return derivedId("idempotency-key", userId.toString(), idempotencyKey);
}

/** Position of a record in Kafka, and its timestamp. */
export interface RecordPosition {
  topic: string;
  partition: number;
  /** Decimal, as Kafka's clients hand it out. */
  offset: string;
  /** Milliseconds since 1970, decimal. */
  timestamp: string;
}

/**
 * The id of a record that carries none (written by another producer): the same at each delivery.
 * The timestamp tells apart the records of a topic that was deleted and made again, whose offsets
 * start over.
 */
export function requestIdOfPosition({ topic, partition, offset, timestamp }: RecordPosition): string {
  return derivedId("position", topic, partition.toString(), offset, timestamp);
}

/** UUID version 8 (RFC 9562: content of one's own) from SHA-256 over the parts. */
function derivedId(...parts: string[]): string {
  const hash = createHash("sha256").update(parts.join("\0")).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
