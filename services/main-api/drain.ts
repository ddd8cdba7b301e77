import { setTimeout as delay } from "node:timers/promises";

/** Times of a drain, in milliseconds. */
export interface DrainTimes {
  /** The drain ends after this time without a request. */
  quiet: number;
  /** Maximum length of the drain. It exceeds two health checks of a load balancer, 5 s each. */
  longest: number;
  /** Interval between two checks. */
  poll: number;
}

const TIMES: DrainTimes = { quiet: 5_000, longest: 15_000, poll: 100 };

/**
 * The time from "not ready" until the server closes. In this time the load balancer stops sending
 * requests to this task.
 */
export class Drain {
  readonly #times: DrainTimes;
  readonly #now: () => number;
  #lastRequest: number;
  #started = false;

  constructor(times: DrainTimes = TIMES, now: () => number = () => performance.now()) {
    this.#times = times;
    this.#now = now;
    this.#lastRequest = now();
  }

  /** True once the drain has started. */
  get started(): boolean {
    return this.#started;
  }

  /** Records that a request has arrived. */
  recordRequest(): void {
    this.#lastRequest = this.#now();
  }

  /** Starts the drain, and waits until requests stop or the maximum time is over. */
  async wait(): Promise<void> {
    this.#started = true;
    const start = this.#now();
    this.#lastRequest = start;
    while (this.#now() - this.#lastRequest < this.#times.quiet && this.#now() - start < this.#times.longest) {
      await delay(this.#times.poll);
    }
  }
}
