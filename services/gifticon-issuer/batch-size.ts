/**
 * Largest number of rows in a transaction: enough to make its fixed costs negligible, and few
 * enough for well under a second.
 */
const LARGEST = 2_000;

/**
 * Adapts the maximum number of records in a transaction. It is smaller while the database is slow.
 * A fetch returns only the records that have arrived, so with few requests transactions are small
 * anyway.
 */
export class BatchSize {
  #current = LARGEST;

  /** Greatest number of records in the next transaction. */
  get current(): number {
    return this.#current;
  }

  /** Halves the number after a transaction that timed out. */
  shrink(): void {
    this.#current = Math.max(1, Math.floor(this.#current / 2));
  }

  /** Increases the number after a transaction that succeeded. */
  grow(): void {
    this.#current = Math.min(LARGEST, Math.ceil(this.#current * 1.25));
  }
}
