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

/** PostgreSQL's code for a statement that took longer than it may. */
const QUERY_CANCELED = "57014";
const FIRST_BACKOFF_MS = 250;
/** How many times as long the longest wait between two attempts is as the first. */
const LONGEST_BACKOFF = 20;
const BEAT_MS = 1_000;
/**
 * How often a transaction may fail by what its records hold before the ones that it fails by are
 * looked for.
 */
const ATTEMPTS_WITH_ALL = 3;

/** What the handler works with. */
export interface HandlerParts {
  issue: (requests: GifticonRequest[]) => Promise<IssueResult>;
  /** Returns when the dead letters are acknowledged. */
  sendDeadLetters: (messages: OutgoingMessage[]) => Promise<void>;
  metrics: IssuerMetrics;
  progress: Progress;
  log: Logger;
}

/** A record and the request that it is. */
interface Asked {
  record: FetchedRecord;
  request: GifticonRequest;
}

/** A record that becomes a dead letter, and why. */
interface Spoiled {
  record: FetchedRecord;
  poison: Poison;
}

/** Records that are handled together, read. */
interface Chunk {
  asked: Asked[];
  spoiled: Spoiled[];
  /** What the group continues with after it. */
  nextOffset: string;
  /** Where in the batch the next chunk starts. */
  end: number;
}

/**
 * Handles what the fetches of one session bring. The order is the invariant: dead letters are
 * acknowledged and the transaction is committed before the offset is. Whatever fails in between is
 * delivered again, and the database decides each request id once.
 *
 * One transaction at a time. While the database works on one chunk, the next is read and the offset
 * of the one before is committed; where more records wait behind a batch, it counts as handled
 * while its last chunk is under way, so that they are fetched meanwhile.
 */
export class BatchHandler {
  readonly #parts: HandlerParts;
  readonly #firstBackoffMs: number;
  readonly #size = new BatchSize();
  /** Of the chunk taken last: whether it is decided. Never rejects. */
  #decided: Promise<boolean> = Promise.resolve(true);
  /**
   * The offset of the chunk taken last is committed, or never will be; and that of the one before
   * it. Never reject.
   */
  #committed = Promise.resolve();
  #committedBefore = Promise.resolve();
  /**
   * Why a chunk couldn't be decided or committed. Nothing behind it may be committed then, until
   * the partitions are given out anew.
   */
  #failure: Error | undefined;
  /** How often the group has given out its partitions. */
  #membership = 0;
  #closing = false;

  /**
   * @param firstBackoffMs Between a transaction that failed and its second attempt, in
   * milliseconds.
   */
  constructor(parts: HandlerParts, firstBackoffMs = FIRST_BACKOFF_MS) {
    this.#parts = parts;
    this.#firstBackoffMs = firstBackoffMs;
  }

  /**
   * Handles a batch. Throws also what the chunk failed by that was under way from the batch before:
   * it asks the same of kafkajs, to join again or to end.
   */
  async handle(payload: EachBatchPayload): Promise<void> {
    const { messages } = payload.batch;
    const isHandling = () => this.#mayGoOn(payload) && !payload.isStale();
    let start = 0;
    let ahead: Chunk | undefined = readChunk(payload, 0, this.#size.current);
    while (start < messages.length && (await this.#turn()) && isHandling()) {
      // What was read ahead may be too much for a database that has turned out to be slow.
      const chunk: Chunk =
        ahead !== undefined && ahead.end - start <= this.#size.current
          ? ahead
          : readChunk(payload, start, this.#size.current);
      this.#take(payload, chunk);
      ahead = await readAhead(payload, chunk.end, this.#size.current);
      start = chunk.end;
    }
    if (BigInt(payload.batch.offsetLag()) > 0n && start >= messages.length) return;
    await this.settled();
    this.#throwFailure();
  }

  /**
   * The group has given out its partitions anew: what wasn't committed is delivered again, perhaps
   * to another member, and whatever failed of it with it.
   */
  rejoined(): void {
    this.#membership++;
    this.#failure = undefined;
    this.#decided = this.#decided.then(() => true);
  }

  /** Waits for what is under way; false when some of it won't be committed. */
  async settled(): Promise<boolean> {
    const membership = this.#membership;
    const decided = await this.#decided;
    await this.#committed;
    return decided && this.#failure === undefined && membership === this.#membership;
  }

  /** Takes no more, tries nothing again, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.settled();
  }

  #mayGoOn(payload: EachBatchPayload): boolean {
    return payload.isRunning() && !this.#closing;
  }

  /**
   * Waits until a chunk may be taken: the one before is decided, and the offset of the one before
   * that committed.
   */
  async #turn(): Promise<boolean> {
    const decided = await this.#decided;
    await this.#committedBefore;
    this.#throwFailure();
    return decided;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Starts what a chunk takes. Resolved at once, its offset only says where the next fetch begins.
   */
  #take(payload: EachBatchPayload, chunk: Chunk): void {
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

  /** Returns false when the session ends before the chunk is done; it mustn't be committed then. */
  async #decide(payload: EachBatchPayload, { asked, spoiled }: Chunk): Promise<boolean> {
    await this.#putAside(payload, spoiled);
    if (asked.length === 0) return true;
    const failing = await this.#issueUntilDone(payload, asked);
    if (failing === undefined) return false;
    await this.#putAside(payload, failing.map(spoiledBy));
    return true;
  }

  /** Makes dead letters of records. */
  async #putAside({ batch: { topic, partition } }: EachBatchPayload, spoiled: readonly Spoiled[]): Promise<void> {
    if (spoiled.length === 0) return;
    const { log, metrics } = this.#parts;
    for (const { record, poison } of spoiled) {
      log.warn({ topic, partition, offset: record.offset, reason: poison.reason }, "a record can't be read");
    }
    const letters = spoiled.map(({ record, poison }) => encodeDeadLetter(topic, partition, record, poison));
    await sendDeadLetters(this.#parts.sendDeadLetters, letters, log);
    metrics.deadLettered(spoiled.length);
  }

  /**
   * Tries until the database has committed, keeping the place in the consumer group. Returns the
   * records that can't be issued, or undefined when the session ends meanwhile.
   */
  async #issueUntilDone(payload: EachBatchPayload, asked: readonly Asked[]): Promise<Failing<Asked>[] | undefined> {
    const { metrics, progress, log } = this.#parts;
    let backoff = this.#firstBackoffMs;
    let failures = 0;
    while (this.#mayGoOn(payload)) {
      try {
        const failing =
          failures < ATTEMPTS_WITH_ALL ? await this.#issue(payload, asked) : await this.#issueApart(payload, asked);
        this.#size.grow();
        return failing;
      } catch (error) {
        failures = isCausedByContent(error) ? failures + 1 : 0;
        if ((error as { code?: string }).code === QUERY_CANCELED) this.#size.shrink();
        const { offset } = payload.batch.messages[0] ?? {};
        log.warn({ err: error, requests: asked.length, offset, retryInMs: backoff }, "couldn't issue; trying again");
        metrics.failed();
        if (failures > ATTEMPTS_WITH_ALL) progress.blocked(`offset ${offset ?? ""}: ${(error as Error).message}`);
      }
      await beating(payload, () => delay(backoff));
      progress.worked();
      // Tells of a rebalance by throwing: the partition may be someone else's by now.
      await payload.heartbeat();
      backoff = Math.min(backoff * 2, this.#firstBackoffMs * LONGEST_BACKOFF);
    }
    return undefined;
  }

  async #issue(payload: EachBatchPayload, asked: readonly Asked[]): Promise<[]> {
    const { issue, metrics } = this.#parts;
    const requests = asked.map(({ request }) => request);
    metrics.decided(await beating(payload, () => metrics.observeIssue(requests.length, () => issue(requests))));
    return [];
  }

  /**
   * Issues what can be, and returns the records that the transaction fails by.
   *
   * @throws The error of all of several records: then it isn't the records.
   */
  async #issueApart(payload: EachBatchPayload, asked: readonly Asked[]): Promise<Failing<Asked>[]> {
    const failing = await isolate(asked, (some) => this.#issue(payload, some));
    const [first, ...others] = failing;
    if (first !== undefined && others.length > 0 && failing.length === asked.length) throw first.error;
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
  // Behind the last record there may be marks of transactions, which nobody sees.
  const last = end === records.length ? batch.lastOffset() : (records[end - 1]?.offset ?? "");
  const chunk: Chunk = { asked: [], spoiled: [], nextOffset: (BigInt(last) + 1n).toString(), end };
  for (const record of records.slice(start, end)) {
    const decoded = decodeRecord(topic, partition, record);
    if (isPoison(decoded)) chunk.spoiled.push({ record, poison: decoded });
    else chunk.asked.push({ record, request: decoded });
  }
  return chunk;
}

function spoiledBy({ item: { record }, error }: Failing<Asked>): Spoiled {
  return { record, poison: { reason: `can't be issued: ${error.message}` } };
}

/** Reads a chunk once the statement of the one before has left for the database. */
async function readAhead(payload: EachBatchPayload, start: number, count: number): Promise<Chunk | undefined> {
  await nextTurn();
  return start < payload.batch.messages.length ? readChunk(payload, start, count) : undefined;
}

/**
 * Does the work with heartbeats going on; what they report shows itself at the next one that is
 * awaited.
 */
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
