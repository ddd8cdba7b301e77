import type { EachBatchPayload } from "kafkajs";
import type { RecordHeaders } from "./record-headers.ts";

/** A record as the broker delivers it (`read-fetches.ts`), in place of kafkajs's own message. */
export interface FetchedRecord {
  /** Decimal. */
  offset: string;
  /** Milliseconds since 1970, decimal; -1 when its producer gave none (message format 0). */
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: RecordHeaders;
  /**
   * The reason why a batch can't be read. The value is then the batch as it stands in the log, and
   * the offset that of its last record.
   */
  unreadable?: string;
}

/** The records of a batch that kafkajs hands on. */
export function recordsOf(batch: Pick<EachBatchPayload["batch"], "messages">): FetchedRecord[] {
  return batch.messages as unknown as FetchedRecord[];
}
