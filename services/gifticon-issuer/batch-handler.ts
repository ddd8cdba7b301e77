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
  sendDeadLetters: (messages: OutgoingMessage[]) => Promise<void>;
  metrics: IssuerMetrics;
  progress: Progress;
  log: Logger;
}

/** Records that are handled together, read. */
interface Chunk {
  requests: GifticonRequest[];
  poison: { message: FetchedRecord; decoded: Poison }[];
  /** What the group continues with after it. */
  nextOffset: string;
  /** Where in the batch the next chunk starts. */
  end: number;
}

/**
 * Handles what the fetches of one session bring. The order is the invariant: dead letters are acknowledged and the transaction is committed
 * before the offset is. Whatever fails in between is delivered again, and the database decides each request id once.
 *
 * One transaction at a time. While the database works on one chunk, the next is read and the offset of the one before is committed; where more records wait behind
 * a batch, it counts as handled while its last chunk is under way, so that they are fetched meanwhile.
 */
export class BatchHandler {
  readonly #parts: HandlerParts;
  readonly #size = new BatchSize();
  /** Of the chunk taken last: whether it is decided. Never rejects. */
  #decided: Promise<boolean> = Promise.resolve(true);
  /** The offset of the chunk taken last is committed, or never will be; and that of the one before it. Never reject. */
  #committed = Promise.resolve();
  #committedBefore = Promise.resolve();
  /** Why a chunk couldn't be decided or committed. Nothing behind it may be committed then, until the partitions are given out anew. */
  #failure: Error | undefined;
  /** How often the group has given out its partitions. */
  #membership = 0;
  #closing = false;

  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  /** Handles a batch. Throws also what the chunk failed by that was under way from the batch before: it asks the same of kafkajs, to join again or to end. */
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

  /** The group has given out its partitions anew: what wasn't committed is delivered again, perhaps to another member, and whatever failed of it with it. */
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

  /** Waits until a chunk may be taken: the one before is decided, and the offset of the one before that committed. */
  async #turn(): Promise<boolean> {
    const decided = await this.#decided;
    await this.#committedBefore;
    this.#throwFailure();
    return decided;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Starts what a chunk takes. Resolved at once, its offset only says where the next fetch begins. */
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
  async #decide(payload: EachBatchPayload, { requests, poison }: Chunk): Promise<boolean> {
    const { log, sendDeadLetters, metrics } = this.#parts;
    const { topic, partition } = payload.batch;
    if (poison.length > 0) {
      for (const { message, decoded } of poison) {
        log.warn({ topic, partition, offset: message.offset, reason: decoded.reason }, "a record can't be read");
      }
      await sendDeadLetters(poison.map(({ message, decoded }) => encodeDeadLetter(topic, partition, message, decoded)));
      metrics.deadLettered(poison.length);
    }
    return requests.length === 0 || this.#issueUntilDone(payload, requests);
  }

  /** Tries until the database has committed, keeping the place in the consumer group; false when the session ends meanwhile. */
  async #issueUntilDone(payload: EachBatchPayload, requests: GifticonRequest[]): Promise<boolean> {
    const { issue, metrics, progress, log } = this.#parts;
    let backoff = FIRST_BACKOFF_MS;
    while (this.#mayGoOn(payload)) {
      try {
        const result = await beating(payload, () => metrics.observeIssue(requests.length, () => issue(requests)));
        metrics.decided(result);
        this.#size.grow();
        return true;
      } catch (error) {
        if ((error as { code?: string }).code === QUERY_CANCELED) this.#size.shrink();
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

  async #commit(payload: EachBatchPayload, { nextOffset: offset }: Chunk): Promise<void> {
    const { topic, partition } = payload.batch;
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    this.#parts.progress.committed();
    await payload.heartbeat();
  }
}

function readChunk({ batch }: EachBatchPayload, start: number, count: number): Chunk {
  const { topic, partition } = batch;
  const messages = recordsOf(batch);
  const end = Math.min(start + count, messages.length);
  // Behind the last record there may be marks of transactions, which nobody sees.
  const last = end === messages.length ? batch.lastOffset() : (messages[end - 1]?.offset ?? "");
  const chunk: Chunk = { requests: [], poison: [], nextOffset: (BigInt(last) + 1n).toString(), end };
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
