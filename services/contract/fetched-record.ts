import type { EachBatchPayload } from "kafkajs";
import type { RecordHeaders } from "./record-headers.ts";

/** A record as `read-fetches.ts` reads it, in place of kafkajs's own message. */
export interface FetchedRecord {
  /** Decimal. */
  offset: string;
  /** Milliseconds since 1970, decimal; -1 when the producer set none (message format 0). */
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: RecordHeaders;
  /**
   * Reason why a batch can't be read. Then the value is the batch as stored in the log, and the
   * offset is that of its last record.
   */
  unreadable?: string;
}

/** Returns the records of a batch from kafkajs. */
export function recordsOf(batch: Pick<EachBatchPayload["batch"], "messages">): FetchedRecord[] {
  return batch.messages as unknown as FetchedRecord[];
}
