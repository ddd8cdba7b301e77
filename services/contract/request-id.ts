import { createHash, randomUUID } from "node:crypto";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns true for a UUID of any version in the usual form. */
export function isRequestId(text: string): boolean {
  return UUID.test(text);
}

/** The last millisecond's prefix of ids. It is kept because hundreds of requests share it. */
let prefix = { now: Number.NaN, text: "" };

/**
 * Returns an id for a request without an idempotency key: UUID version 7 (RFC 9562). The leading
 * time makes the primary key's index grow at one end. The 74 random bits make the id unguessable,
 * because anyone with an id can read its code.
 *
 * @param now milliseconds since 1970.
 */
export function newRequestId(now: number = Date.now()): string {
  if (now !== prefix.now) {
    const time = now.toString(16).padStart(12, "0");
    prefix = { now, text: `${time.slice(0, 8)}-${time.slice(8)}-7` };
  }
  return prefix.text + randomUUID().slice(15);
}

/**
 * Returns the id of a request with an idempotency key. The same user and key always give the same
 * id, so a client can safely repeat the request.
 */
export function requestIdOfKey(userId: bigint, idempotencyKey: string): string {
  return derivedId("idempotency-key", userId.toString(), idempotencyKey);
}

/** Position of a record in Kafka, and its timestamp. */
export interface RecordPosition {
  topic: string;
  partition: number;
  /** Decimal, as Kafka's clients return it. */
  offset: string;
  /** Milliseconds since 1970, decimal. */
  timestamp: string;
}

/**
 * Returns the id of a record of another producer, which carries none. It is the same at each
 * delivery. The timestamp distinguishes the records of a topic that was deleted and created again,
 * whose offsets begin at 0 again.
 */
export function requestIdOfPosition({ topic, partition, offset, timestamp }: RecordPosition): string {
  return derivedId("position", topic, partition.toString(), offset, timestamp);
}

/** Returns a UUID version 8 (RFC 9562: custom content) from the SHA-256 of the parts. */
function derivedId(...parts: string[]): string {
  const hash = createHash("sha256").update(parts.join("\0")).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
