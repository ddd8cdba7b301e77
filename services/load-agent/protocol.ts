import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import type { SERVICES } from "@gifticon/contract/facts/names.ts";

/**
 * Takes the rows of load tests away and gives their gifticons back, and answers with how many there
 * were. It runs in a transaction that has locked the stock, as the issuer does, so that nothing is
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

/** Offset where a run's records begin in a partition: the end before the run. */
export interface StartOffset {
  partition: number;
  /** Decimal. */
  offset: string;
  /** Id of the topic: one that was deleted and created again has another. */
  topicId: string;
}

/** Answer of the load test's agent to `reset`. */
export interface Ground {
  /** Empty in direct mode. */
  offsets: StartOffset[];
  stock: { total: number; remaining: number };
  /** Gifticons that other users than those of load tests have. */
  issuedToOthers: number;
  /** Connections that the database serves at most. */
  maxConnections: number;
  /** PostgreSQL's own words. */
  databaseVersion: string;
  /** Rows of earlier load tests that were taken away. */
  removed: number;
}

/**
 * One look at the event from inside, as a JSON line of the agent's `sample`; what couldn't be asked
 * is absent.
 */
export interface Sample {
  /** Milliseconds since 1970. */
  at: number;
  /** Records that the issuer hasn't committed. */
  lag?: number;
  /** Connections to the database: all, and those with a statement under way. */
  connections?: { all: number; active: number };
  /** Each running task of a service, by its address. */
  tasks: {
    service: typeof SERVICES.api | typeof SERVICES.issuer;
    address: string;
    /** Seconds of CPU since its start. */
    cpuSeconds: number;
    memoryBytes: number;
    /** Requests that it answered, or records that it handled, by outcome. */
    outcomes: Record<string, number>;
  }[];
}

/** The first word of each line of the agent's `evidence`. */
export const EVIDENCE = {
  /** A record of the topic: request id, user id, when it was asked for. */
  record: "R",
  /** A record of the dead letter topic: request id, or - where it can't be read. */
  deadLetter: "L",
  /**
   * A decided request: request id, user id, outcome, code or -, when it was asked for, when it was
   * decided (milliseconds since 1970).
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
