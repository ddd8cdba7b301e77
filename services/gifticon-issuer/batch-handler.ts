import { setTimeout as delay } from "node:timers/promises";
import type { IssueResult } from "@gifticon/contract/database/issue.ts";
import { encodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import { decodeRecord, isPoison } from "@gifticon/contract/record.ts";
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

/**
 * Handles what a fetch brought. The order is the invariant: dead letters are acknowledged and the transaction is committed
 * before the offset is. Whatever fails in between is delivered again, and the database decides each request id once.
 */
export function createBatchHandler(parts: HandlerParts): (payload: EachBatchPayload) => Promise<void> {
  const size = new BatchSize();
  return async (payload) => {
    const { messages } = payload.batch;
    let next = 0;
    while (next < messages.length && payload.isRunning() && !payload.isStale()) {
      const chunk = messages.slice(next, next + size.current);
      const done = await handleChunk(parts, size, payload, chunk);
      if (!done) return;
      next += chunk.length;
    }
  };
}

/** Returns false when the consumer was stopped before the chunk was done; nothing is committed then. */
async function handleChunk(
  parts: HandlerParts,
  size: BatchSize,
  payload: EachBatchPayload,
  chunk: KafkaMessage[],
): Promise<boolean> {
  const { topic, partition } = payload.batch;
  const requests: GifticonRequest[] = [];
  const deadLetters: Message[] = [];
  for (const message of chunk) {
    const decoded = decodeRecord(topic, partition, message);
    if (isPoison(decoded)) {
      parts.log.warn({ topic, partition, offset: message.offset, reason: decoded.reason }, "a record can't be read");
      deadLetters.push(encodeDeadLetter(topic, partition, message, decoded));
    } else {
      requests.push(decoded);
    }
  }

  if (deadLetters.length > 0) {
    await parts.sendDeadLetters(deadLetters);
    parts.metrics.deadLettered(deadLetters.length);
  }
  if (requests.length > 0 && !(await issueUntilDone(parts, size, payload, requests))) return false;

  payload.resolveOffset(chunk.at(-1)?.offset ?? payload.batch.firstOffset() ?? "0");
  await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
  parts.progress.committed();
  await payload.heartbeat();
  return true;
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
