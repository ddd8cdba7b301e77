/**
 * Rows for a transaction: enough that its fixed costs don't count, few enough that it takes well
 * under a second.
 */
const LARGEST = 2_000;

/**
 * How many records go into a transaction. A fetch brings what has arrived, so a calm topic gives
 * small batches by itself and a backlog gives the largest; a database too slow for that gets
 * smaller ones until it keeps up again.
 */
export class BatchSize {
  #current = LARGEST;

  /** Records for the next transaction. */
  get current(): number {
    return this.#current;
  }

  /** A transaction took too long. */
  shrink(): void {
    this.#current = Math.max(1, Math.floor(this.#current / 2));
  }

  /** A transaction went well. */
  grow(): void {
    this.#current = Math.min(LARGEST, Math.ceil(this.#current * 1.25));
  }
}
