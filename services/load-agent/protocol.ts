import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import type { SERVICES } from "@gifticon/contract/facts/names.ts";

/**
 * Deletes the rows of load tests, returns their gifticons to the stock, and returns the number of
 * rows. It runs in a transaction that has locked the stock, as the issuer's do, so that nothing is
 * decided meanwhile.
 */
export const REMOVE_LOAD_TEST_ROWS = `with removed as (
       delete from gifticon_request
       where user_id between ${LOAD_TEST_USERS.first} and ${LOAD_TEST_USERS.last}
       returning outcome
     ), returned as (
       update gifticon_stock set
         remaining = remaining + (select count(*) from removed where outcome = 'issued'),
         rejected_duplicate = rejected_duplicate - (select count(*) from removed where outcome = 'duplicate'),
         rejected_sold_out = rejected_sold_out - (select count(*) from removed where outcome = 'sold_out')
     )
     select count(*) as removed from removed`;

/** Offset of a run's first record in a partition: the end before the run. */
export interface StartOffset {
  partition: number;
  /** Decimal. */
  offset: string;
  /** Id of the topic. A topic that was deleted and created again has another id. */
  topicId: string;
}

/** State before a run: the agent's answer to `reset`. */
export interface StartState {
  /** Empty in direct mode. */
  offsets: StartOffset[];
  stock: { total: number; remaining: number };
  /** Number of gifticons of users outside of load tests. */
  issuedToOthers: number;
  /** Maximum number of connections of the database. */
  maxConnections: number;
  /** Version as PostgreSQL prints it. */
  databaseVersion: string;
  /** Number of deleted rows of earlier load tests. */
  removed: number;
}

/**
 * A sample of the event from inside: a JSON line of the agent's `sample`. Figures that could not be
 * read are absent.
 */
export interface Sample {
  /** Milliseconds since 1970. */
  at: number;
  /** Records that the issuer hasn't committed. */
  lag?: number;
  /** Connections to the database: all, and those with a running statement. */
  connections?: { all: number; active: number };
  /** The running tasks of each service, by address. */
  tasks: {
    service: typeof SERVICES.api | typeof SERVICES.issuer;
    address: string;
    /** CPU time since its start, in seconds. */
    cpuSeconds: number;
    memoryBytes: number;
    /** Number of answered requests or handled records, by outcome. */
    outcomes: Record<string, number>;
  }[];
}

/** First word of each line of the agent's `evidence`. */
export const EVIDENCE = {
  /** A record of the topic: request id, user id, time of the request. */
  record: "R",
  /** A record of the dead letter topic: request id, or - when it can't be read. */
  deadLetter: "L",
  /**
   * A decided request: request id, user id, outcome, code or -, time of the request, time of the
   * decision (milliseconds since 1970).
   */
  row: "D",
  /** The last line: JSON of {@link EvidenceEnd}. */
  end: "E",
} as const;

/** Last line of the evidence. Evidence without it is incomplete. */
export interface EvidenceEnd {
  records: number;
  deadLetters: number;
  rows: number;
  stock: { total: number; remaining: number };
  issuedToOthers: number;
  lag: number;
  /** Id of the topic; absent in direct mode. */
  topicId?: string;
}
