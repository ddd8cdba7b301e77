/** The batcher is full. The item was not accepted. */
export class OverloadedError extends Error {
  override readonly name = "OverloadedError";
  readonly code = "OVERLOADED";
}

/** Options of a batcher. */
export interface BatcherOptions<Item, Result> {
  /** Time that the first item of a batch waits for more items, in milliseconds. */
  lingerMs: number;
  /** Flushes as soon as this many items are queued. `maxBatch` by default. */
  flushAt?: number;
  /** Maximum number of items in a batch. */
  maxBatch: number;
  /** Maximum number of concurrent batches. Items that arrive meanwhile enlarge the next batch. */
  maxInFlight: number;
  /** Maximum number of items without a result. It bounds memory and waiting time. */
  maxPending: number;
  /** Processes a batch. Returns a result for each item, in order. An error rejects every item. */
  work: (items: Item[]) => Promise<readonly Result[]>;
}

interface Entry<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
}

/** Collects single items into batches, with limits on time, size and number. */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  #waiting: Entry<Item, Result>[] = [];
  #inFlight = 0;
  #itemsInFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** Number of items without a result. */
  get pending(): number {
    return this.#waiting.length + this.#itemsInFlight;
  }

  /**
   * Submits an item and returns its result.
   *
   * @throws OverloadedError at once when the batcher is full, and any error of `work`.
   */
  submit(item: Item): Promise<Result> {
    const { maxPending } = this.#options;
    if (this.pending >= maxPending) {
      return Promise.reject(new OverloadedError(`${maxPending} requests have no result yet, the maximum`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** Waits until every item has its result. */
  async drain(): Promise<void> {
    if (this.pending === 0) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  #schedule(): void {
    const { lingerMs, maxBatch, maxInFlight, flushAt = maxBatch } = this.#options;
    if (this.#inFlight >= maxInFlight || this.#waiting.length === 0) return;
    if (this.#waiting.length >= flushAt) {
      this.#flush();
    } else {
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, lingerMs);
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#inFlight >= this.#options.maxInFlight) return;
    const batch = this.#waiting.splice(0, this.#options.maxBatch);
    if (batch.length > 0) void this.#run(batch);
  }

  async #run(batch: Entry<Item, Result>[]): Promise<void> {
    this.#inFlight++;
    this.#itemsInFlight += batch.length;
    try {
      const results = await this.#options.work(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result === undefined) reject(new Error(`no result for item ${index} of ${batch.length}`));
        else resolve(result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    } finally {
      this.#inFlight--;
      this.#itemsInFlight -= batch.length;
      this.#schedule();
      if (this.pending === 0)
        this.#drained.splice(0).forEach((resolve) => {
          resolve();
        });
    }
  }
}
