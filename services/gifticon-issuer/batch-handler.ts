import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import type { IssueResult } from "@gifticon/contract/database/issue.ts";
import { encodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import { decodeRecord, isPoison, type Poison } from "@gifticon/contract/record.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { EachBatchPayload, KafkaMessage, Message } from "kafkajs";
import type { Logger } from "pino";
import { BatchSize } from "./batch-size.ts";
import type { IssuerMetrics } from "./metrics.ts";
import type { Progress } from "./progress.ts";

/** PostgreSQL's code for a statement that took longer than it may. */
const QUERY_CANCELED = "57014";
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;
const BEAT_MS = 1_000;

/** What the handler works with. */
export interface HandlerParts {
  issue: (requests: GifticonRequest[]) => Promise<IssueResult>;
  /** Returns when the dead letters are acknowledged. */
  sendDeadLetters: (messages: Message[]) => Promise<void>;
  metrics: IssuerMetrics;
  progress: Progress;
  log: Logger;
}

/** Records that are handled together, read. */
interface Chunk {
  requests: GifticonRequest[];
  poison: { message: KafkaMessage; decoded: Poison }[];
  /** The offset of the last one. */
  offset: string;
  /** Where in the batch the next chunk starts. */
  end: number;
}

/**
 * Handles what a fetch brought. The order is the invariant: dead letters are acknowledged and the transaction is committed
 * before the offset is. Whatever fails in between is delivered again, and the database decides each request id once.
 * While the database works on one chunk, the next is read and the offset of the one before is committed.
 */
export function createBatchHandler(parts: HandlerParts): (payload: EachBatchPayload) => Promise<void> {
  const size = new BatchSize();
  return async (payload) => {
    let start = 0;
    let ahead: Chunk | undefined;
    let offsetCommit: Promise<Error | undefined> = Promise.resolve(undefined);
    while (start < payload.batch.messages.length && payload.isRunning() && !payload.isStale()) {
      // What was read ahead may be too much for a database that has turned out to be slow.
      const chunk: Chunk =
        ahead !== undefined && ahead.end - start <= size.current ? ahead : readChunk(payload, start, size.current);
      const [done, following] = await Promise.all([
        decide(parts, size, payload, chunk),
        readAhead(payload, chunk.end, size.current),
      ]);
      const failure = await offsetCommit;
      if (failure !== undefined) throw failure;
      if (!done) return;
      payload.resolveOffset(chunk.offset);
      offsetCommit = commitOffset(parts, payload);
      [start, ahead] = [chunk.end, following];
    }
    const failure = await offsetCommit;
    if (failure !== undefined) throw failure;
  };
}

function readChunk({ batch: { topic, partition, messages } }: EachBatchPayload, start: number, count: number): Chunk {
  const end = Math.min(start + count, messages.length);
  const chunk: Chunk = { requests: [], poison: [], offset: messages[end - 1]?.offset ?? "0", end };
  for (const message of messages.slice(start, end)) {
    const decoded = decodeRecord(topic, partition, message);
    if (isPoison(decoded)) chunk.poison.push({ message, decoded });
    else chunk.requests.push(decoded);
  }
  return chunk;
}

/** Reads a chunk once the statement of the one before has left for the database. */
async function readAhead(payload: EachBatchPayload, start: number, count: number): Promise<Chunk | undefined> {
  await nextTurn();
  return start < payload.batch.messages.length ? readChunk(payload, start, count) : undefined;
}

/** Returns false when the consumer was stopped before the chunk was done; it mustn't be committed then. */
async function decide(
  parts: HandlerParts,
  size: BatchSize,
  payload: EachBatchPayload,
  { requests, poison }: Chunk,
): Promise<boolean> {
  const { topic, partition } = payload.batch;
  if (poison.length > 0) {
    for (const { message, decoded } of poison) {
      parts.log.warn({ topic, partition, offset: message.offset, reason: decoded.reason }, "a record can't be read");
    }
    await parts.sendDeadLetters(
      poison.map(({ message, decoded }) => encodeDeadLetter(topic, partition, message, decoded)),
    );
    parts.metrics.deadLettered(poison.length);
  }
  return requests.length === 0 || issueUntilDone(parts, size, payload, requests);
}

/** Commits what is resolved; returns the error, for whoever comes to wait for it. */
async function commitOffset({ progress }: HandlerParts, payload: EachBatchPayload): Promise<Error | undefined> {
  try {
    await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    progress.committed();
    await payload.heartbeat();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Tries until the database has committed, keeping the place in the consumer group; false when the consumer stops meanwhile. */
async function issueUntilDone(
  { issue, metrics, progress, log }: HandlerParts,
  size: BatchSize,
  payload: EachBatchPayload,
  requests: GifticonRequest[],
): Promise<boolean> {
  let backoff = FIRST_BACKOFF_MS;
  while (payload.isRunning()) {
    try {
      const result = await beating(payload, () => metrics.observeIssue(requests.length, () => issue(requests)));
      metrics.decided(result);
      size.grow();
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === QUERY_CANCELED) size.shrink();
      const { offset } = payload.batch.messages[0] ?? {};
      log.warn({ err: error, requests: requests.length, offset, retryInMs: backoff }, "couldn't issue; trying again");
      metrics.failed();
    }
    await beating(payload, () => delay(backoff));
    progress.worked();
    // Tells of a rebalance by throwing: the partition may be someone else's by now.
    await payload.heartbeat();
    backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS);
  }
  return false;
}

/** Does the work with heartbeats going on; what they report shows itself at the next one that is awaited. */
async function beating<T>(payload: EachBatchPayload, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    payload.heartbeat().catch(() => undefined);
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
