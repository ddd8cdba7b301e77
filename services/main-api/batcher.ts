/** The batcher holds all that it may hold; nothing was done with the item. */
export class OverloadedError extends Error {
  override readonly name = "OverloadedError";
}

/** How a batcher collects. */
export interface BatcherOptions<Item, Result> {
  /** How long the first item of a batch waits for company, in milliseconds. */
  lingerMs: number;
  /** So many items wait for no more; without it, as many as a batch may hold. */
  enough?: number;
  /** The most items in a batch. */
  maxBatch: number;
  /** The most batches under way at once; what arrives meanwhile makes the next batch bigger. */
  maxInFlight: number;
  /** The most items held, waiting and under way together: the bound on memory and on waiting. */
  maxPending: number;
  /** Does the work of a batch; returns a result for each item, in their order. Its error is every item's error. */
  work: (items: Item[]) => Promise<readonly Result[]>;
}

interface Entry<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
}

/** Turns single items that arrive together into batches, with bounds on everything. */
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

  /** Items waiting and under way. */
  get pending(): number {
    return this.#waiting.length + this.#itemsInFlight;
  }

  /**
   * Hands in one item.
   *
   * @throws OverloadedError at once when the batcher is full; else what the batch's work throws.
   */
  submit(item: Item): Promise<Result> {
    const { maxPending } = this.#options;
    if (this.pending >= maxPending) {
      return Promise.reject(new OverloadedError(`${maxPending} requests are waiting or under way already`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** Waits until nothing is waiting or under way. */
  async drain(): Promise<void> {
    if (this.pending === 0) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  #schedule(): void {
    const { lingerMs, maxBatch, maxInFlight, enough = maxBatch } = this.#options;
    if (this.#inFlight >= maxInFlight || this.#waiting.length === 0) return;
    if (this.#waiting.length >= enough) {
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
