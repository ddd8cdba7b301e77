/**
 * Largest number of rows in a transaction: enough to make its fixed costs negligible, and few
 * enough for well under a second.
 */
const LARGEST = 2_000;

/**
 * Adapts the number of records in a transaction. A fetch returns the arrived records, so a calm
 * topic leads to small transactions and a backlog to the largest. A slow database gets smaller ones
 * until it keeps up again.
 */
export class BatchSize {
  #current = LARGEST;

  /** Greatest number of records in the next transaction. */
  get current(): number {
    return this.#current;
  }

  /** Call it after a transaction that timed out. */
  shrink(): void {
    this.#current = Math.max(1, Math.floor(this.#current / 2));
  }

  /** Call it after a transaction that succeeded. */
  grow(): void {
    this.#current = Math.min(LARGEST, Math.ceil(this.#current * 1.25));
  }
}
