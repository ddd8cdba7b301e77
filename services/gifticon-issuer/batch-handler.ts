import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import type { IssueResult } from "@gifticon/event-database/issue.ts";
import { encodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import { type FetchedRecord, recordsOf } from "@gifticon/contract/fetched-record.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { decodeRecord, isPoison, type Poison } from "@gifticon/contract/record.ts";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import type { EachBatchPayload } from "kafkajs";
import type { Logger } from "pino";
import { BatchSize } from "./batch-size.ts";
import type { IssuerMetrics } from "./metrics.ts";
import { type Failing, isCausedByContent, isolate } from "./isolate.ts";
import type { Progress } from "@gifticon/kafka/consumer/progress.ts";
import { sendDeadLetters } from "./send-dead-letters.ts";

/** PostgreSQL's error code for a statement that exceeded its timeout. */
const QUERY_CANCELED = "57014";
const FIRST_BACKOFF_MS = 250;
/** Ratio of the longest to the first wait between two attempts. */
const LONGEST_BACKOFF = 20;
const HEARTBEAT_MS = 1_000;
/**
 * Number of attempts with all records when their content makes the transaction fail. After them,
 * the handler isolates the faulty records.
 */
const ATTEMPTS_WITH_ALL = 3;

/** Dependencies of the handler. */
export interface HandlerParts {
  issue: (requests: GifticonRequest[]) => Promise<IssueResult>;
  /** Returns after the broker has acknowledged the dead letters. */
  sendDeadLetters: (messages: OutgoingMessage[]) => Promise<void>;
  metrics: IssuerMetrics;
  progress: Progress;
  log: Logger;
}

/** A record with its decoded request. */
interface RequestRecord {
  record: FetchedRecord;
  request: GifticonRequest;
}

/** A record that becomes a dead letter, with the reason. */
interface FailedRecord {
  record: FetchedRecord;
  poison: Poison;
}

/** Decoded records for one transaction. */
interface Chunk {
  requests: RequestRecord[];
  failed: FailedRecord[];
  /** The offset to commit after it. */
  nextOffset: string;
  /** Index in the batch where the next chunk starts. */
  end: number;
}

/**
 * Handles the batches that one session fetches. The order is the invariant: dead letters are
 * acknowledged and the transaction is committed before the offset is committed. After a failure in
 * between, Kafka delivers the records again, and the database decides each request id once.
 *
 * It runs one transaction at a time. While the database works on one chunk, the handler decodes the
 * next chunk and commits the offset of the previous one. When more records wait behind a batch,
 * `handle` returns while the last chunk is still in its transaction, so that kafkajs fetches the
 * next batch meanwhile.
 */
export class BatchHandler {
  readonly #parts: HandlerParts;
  readonly #firstBackoffMs: number;
  readonly #size = new BatchSize();
  /** Resolves to true when the latest chunk was decided. Never rejects. */
  #decided: Promise<boolean> = Promise.resolve(true);
  /**
   * Resolve when the offset of the latest chunk, or of the previous chunk, is committed or will
   * never be. They never reject.
   */
  #committed = Promise.resolve();
  #committedBefore = Promise.resolve();
  /**
   * The error of a chunk that couldn't be decided or committed. Until the group assigns the
   * partitions again, no later offset may be committed.
   */
  #failure: Error | undefined;
  /** Number of assignments of partitions by the group. */
  #membership = 0;
  #closing = false;

  /**
   * @param firstBackoffMs wait between a failed transaction and its second attempt.
   */
  constructor(parts: HandlerParts, firstBackoffMs = FIRST_BACKOFF_MS) {
    this.#parts = parts;
    this.#firstBackoffMs = firstBackoffMs;
  }

  /**
   * Handles a batch.
   *
   * @throws The error of a chunk of this batch or of the previous one. In both cases kafkajs joins
   *   the group again or ends.
   */
  async handle(payload: EachBatchPayload): Promise<void> {
    const { messages } = payload.batch;
    const isHandling = () => this.#isActive(payload) && !payload.isStale();
    let start = 0;
    let ahead: Chunk | undefined = readChunk(payload, 0, this.#size.current);
    while (start < messages.length && (await this.#waitForTurn()) && isHandling()) {
      // The transaction size may have shrunk since the chunk was read ahead.
      const chunk: Chunk =
        ahead !== undefined && ahead.end - start <= this.#size.current
          ? ahead
          : readChunk(payload, start, this.#size.current);
      this.#start(payload, chunk);
      ahead = await readAhead(payload, chunk.end, this.#size.current);
      start = chunk.end;
    }
    if (BigInt(payload.batch.offsetLag()) > 0n && start >= messages.length) return;
    await this.settled();
    this.#throwFailure();
  }

  /**
   * Forgets failures after the group has assigned its partitions again. Kafka delivers uncommitted
   * records again, perhaps to another member.
   */
  rejoined(): void {
    this.#membership++;
    this.#failure = undefined;
    this.#decided = this.#decided.then(() => true);
  }

  /** Waits for the chunks in progress. Returns false when one of them won't be committed. */
  async settled(): Promise<boolean> {
    const membership = this.#membership;
    const decided = await this.#decided;
    await this.#committed;
    return decided && this.#failure === undefined && membership === this.#membership;
  }

  /** Stops new chunks and retries, and waits for the chunks in progress. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.settled();
  }

  #isActive(payload: EachBatchPayload): boolean {
    return payload.isRunning() && !this.#closing;
  }

  /**
   * Waits until a chunk may start: the previous chunk is decided, and the offset of the one before
   * is committed.
   */
  async #waitForTurn(): Promise<boolean> {
    const decided = await this.#decided;
    await this.#committedBefore;
    this.#throwFailure();
    return decided;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Starts a chunk. It resolves the offset at once, which only sets where the next fetch begins.
   */
  #start(payload: EachBatchPayload, chunk: Chunk): void {
    const membership = this.#membership;
    const isOurs = () => membership === this.#membership;
    const fail = (error: unknown): false => {
      if (isOurs()) this.#failure ??= error as Error;
      return false;
    };
    const [decided, committedBefore] = [this.#decide(payload, chunk).catch(fail), this.#committed];
    const commit = async () => {
      await committedBefore;
      if ((await decided) && this.#failure === undefined && isOurs()) await this.#commit(payload, chunk);
    };
    payload.resolveOffset(payload.batch.messages[chunk.end - 1]?.offset ?? "");
    [this.#decided, this.#committedBefore, this.#committed] = [decided, committedBefore, commit().catch(fail).then()];
  }

  /**
   * Returns false when the session ends before the chunk is decided. Its offset stays uncommitted.
   */
  async #decide(payload: EachBatchPayload, { requests, failed }: Chunk): Promise<boolean> {
    await this.#writeDeadLetters(payload, failed);
    if (requests.length === 0) return true;
    const failing = await this.#issueUntilDone(payload, requests);
    if (failing === undefined) return false;
    await this.#writeDeadLetters(payload, failing.map(failedRecord));
    return true;
  }

  /** Writes records to the dead letter topic. */
  async #writeDeadLetters(
    { batch: { topic, partition } }: EachBatchPayload,
    failed: readonly FailedRecord[],
  ): Promise<void> {
    if (failed.length === 0) return;
    const { log, metrics } = this.#parts;
    for (const { record, poison } of failed) {
      log.warn({ topic, partition, offset: record.offset, reason: poison.reason }, "a record can't be read");
    }
    const letters = failed.map(({ record, poison }) => encodeDeadLetter(topic, partition, record, poison));
    await sendDeadLetters(this.#parts.sendDeadLetters, letters, log);
    metrics.deadLettered(failed.length);
  }

  /**
   * Retries until the database has committed, with heartbeats that keep the membership in the
   * consumer group. Returns the records that can't be issued, or undefined when the session ends.
   */
  async #issueUntilDone(
    payload: EachBatchPayload,
    records: readonly RequestRecord[],
  ): Promise<Failing<RequestRecord>[] | undefined> {
    const { metrics, progress, log } = this.#parts;
    let backoff = this.#firstBackoffMs;
    let failures = 0;
    while (this.#isActive(payload)) {
      try {
        const failing =
          failures < ATTEMPTS_WITH_ALL
            ? await this.#issue(payload, records)
            : await this.#issueSeparately(payload, records);
        this.#size.grow();
        return failing;
      } catch (error) {
        failures = isCausedByContent(error) ? failures + 1 : 0;
        if ((error as { code?: string }).code === QUERY_CANCELED) this.#size.shrink();
        const { offset } = payload.batch.messages[0] ?? {};
        log.warn({ err: error, requests: records.length, offset, retryInMs: backoff }, "couldn't issue; retrying");
        metrics.failed();
        if (failures > ATTEMPTS_WITH_ALL) progress.blocked(`offset ${offset ?? ""}: ${(error as Error).message}`);
      }
      await withHeartbeats(payload, () => delay(backoff));
      progress.worked();
      // It throws during a rebalance, when the partition may already belong to another member.
      await payload.heartbeat();
      backoff = Math.min(backoff * 2, this.#firstBackoffMs * LONGEST_BACKOFF);
    }
    return undefined;
  }

  async #issue(payload: EachBatchPayload, records: readonly RequestRecord[]): Promise<[]> {
    const { issue, metrics } = this.#parts;
    const requests = records.map(({ request }) => request);
    metrics.decided(await withHeartbeats(payload, () => metrics.observeIssue(requests.length, () => issue(requests))));
    return [];
  }

  /**
   * Issues all valid records, and returns those that make the transaction fail.
   *
   * @throws The error when all of several records fail, since the cause is then not their content.
   */
  async #issueSeparately(
    payload: EachBatchPayload,
    records: readonly RequestRecord[],
  ): Promise<Failing<RequestRecord>[]> {
    const failing = await isolate(records, (some) => this.#issue(payload, some));
    const [first, ...others] = failing;
    if (first !== undefined && others.length > 0 && failing.length === records.length) throw first.error;
    return failing;
  }

  async #commit(payload: EachBatchPayload, { nextOffset: offset }: Chunk): Promise<void> {
    const { topic, partition } = payload.batch;
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    this.#parts.progress.committed();
    await payload.heartbeat();
  }
}

function readChunk({ batch }: EachBatchPayload, start: number, count: number): Chunk {
  const { topic, partition } = batch;
  const records = recordsOf(batch);
  const end = Math.min(start + count, records.length);
  // Invisible transaction markers may follow the last record.
  const last = end === records.length ? batch.lastOffset() : (records[end - 1]?.offset ?? "");
  const chunk: Chunk = { requests: [], failed: [], nextOffset: (BigInt(last) + 1n).toString(), end };
  for (const record of records.slice(start, end)) {
    const decoded = decodeRecord(topic, partition, record);
    if (isPoison(decoded)) chunk.failed.push({ record, poison: decoded });
    else chunk.requests.push({ record, request: decoded });
  }
  return chunk;
}

function failedRecord({ item: { record }, error }: Failing<RequestRecord>): FailedRecord {
  return { record, poison: { reason: `can't be issued: ${error.message}` } };
}

/** Decodes a chunk after the previous chunk's statement was sent to the database. */
async function readAhead(payload: EachBatchPayload, start: number, count: number): Promise<Chunk | undefined> {
  await nextTurn();
  return start < payload.batch.messages.length ? readChunk(payload, start, count) : undefined;
}

/**
 * Sends heartbeats during the work. It ignores their errors, because the next awaited heartbeat
 * reports them.
 */
async function withHeartbeats<T>(payload: EachBatchPayload, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    payload.heartbeat().catch(() => undefined);
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
