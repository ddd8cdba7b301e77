import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { CheckResult } from "@gifticon/runtime/operations.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import { type Acceptor, OutcomeUnknownError, UnavailableError } from "./acceptor.ts";
import { Batcher } from "./batcher.ts";
import type { BatchObserver } from "./metrics.ts";

/**
 * Two concurrent transactions: while one commits, the next waits for the lock on the stock's row.
 * More would wait there too and hold connections. Requests that arrive meanwhile share the next
 * transaction.
 */
const BOUNDS = { lingerMs: 2, maxBatch: 1_000, maxInFlight: 2, maxPending: 5_000 };

/** A database connection for one batch. */
export interface IssueConnection {
  issue: (requests: GifticonRequest[]) => Promise<unknown>;
  findStatuses: (requestIds: string[]) => Promise<RequestStatus[]>;
  /** Returns the connection to the pool, or closes it after an error. */
  release: (error?: Error) => void;
}

/** The database as direct mode uses it. */
export interface DirectDatabase {
  /** Takes a connection. An error means that nothing was written. */
  connect: () => Promise<IssueConnection>;
  readiness: () => Promise<CheckResult>;
}

/** Creates the acceptor of mode direct. Concurrent requests share a transaction. */
export function createDirectAcceptor(
  database: DirectDatabase,
  observe: BatchObserver,
  maxPending = BOUNDS.maxPending,
): Acceptor {
  const batcher = new Batcher<GifticonRequest, RequestStatus>({
    ...BOUNDS,
    maxPending,
    work: (requests) => observe(requests.length, () => decide(database, requests)),
  });
  return {
    accept: (request) => batcher.submit(request),
    pending: () => batcher.pending,
    readiness: database.readiness,
    close: () => batcher.drain(),
  };
}

async function decide(database: DirectDatabase, requests: GifticonRequest[]): Promise<RequestStatus[]> {
  const connection = await database.connect().catch((error: unknown) => {
    throw new UnavailableError(`the database is unavailable: ${(error as Error).message}`, { cause: error });
  });
  let failure: Error | undefined;
  try {
    await connection.issue(requests);
    return await connection.findStatuses(requests.map(({ requestId }) => requestId));
  } catch (error) {
    failure = error as Error;
    throw new OutcomeUnknownError("the database didn't confirm the request", { cause: error });
  } finally {
    connection.release(failure);
  }
}
