import { setTimeout as delay } from "node:timers/promises";

/** How long the replica goes on serving after it has said that it isn't ready, in milliseconds. */
export interface DrainTimes {
  /** Without a request for so long, the load balancer sends none any more. */
  quiet: number;
  /** The most, also when requests keep coming: longer than a load balancer's two checks of 5 s. */
  longest: number;
  /** Between two looks. */
  look: number;
}

const TIMES: DrainTimes = { quiet: 5_000, longest: 15_000, look: 100 };

/** The time between "not ready" and the closed door, in which the load balancer turns to the other replicas. */
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

  /** Whether the replica is leaving. */
  get started(): boolean {
    return this.#started;
  }

  /** A request came in. */
  saw(): void {
    this.#lastRequest = this.#now();
  }

  /** Starts leaving, and waits until no more requests come, or have come for too long. */
  async wait(): Promise<void> {
    this.#started = true;
    const start = this.#now();
    this.#lastRequest = start;
    while (this.#now() - this.#lastRequest < this.#times.quiet && this.#now() - start < this.#times.longest) {
      await delay(this.#times.look);
    }
  }
}
