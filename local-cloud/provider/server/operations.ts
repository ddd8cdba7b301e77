/**
 * The operations in progress. A cancellation aborts the signal of each running operation, and no
 * new one starts: the engine cancels a provider only to end it.
 */
export class Operations {
  readonly #cancelled = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /** Runs an operation. `timeoutSeconds` is the resource's custom timeout; 0 means no limit. */
  async run<T>(timeoutSeconds: number, operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#cancelled.signal.throwIfAborted();
    const signals = [this.#cancelled.signal];
    const timeout = new AbortController();
    const timer = timeoutSeconds > 0 ? setTimeout(expire, timeoutSeconds * 1000, timeout, timeoutSeconds) : undefined;
    const running = operation(AbortSignal.any([...signals, timeout.signal]));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      clearTimeout(timer);
      this.#running.delete(running);
    }
  }

  cancel(): void {
    this.#cancelled.abort(new Error("the update was cancelled"));
  }

  /** Resolves when nothing is running any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

function expire(timeout: AbortController, seconds: number): void {
  timeout.abort(new Error(`not done within the timeout of ${seconds} s`));
}
