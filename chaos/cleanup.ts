/** Functions that remove faults. They run in reverse order. */
export class Cleanup {
  readonly #steps: (() => Promise<void>)[] = [];

  /** Registers a function. Returns a function that runs it at once. It runs at most once. */
  add(remove: () => Promise<unknown>): () => Promise<void> {
    let done: Promise<unknown> | undefined;
    const once = async () => {
      await (done ??= remove());
    };
    this.#steps.push(once);
    return once;
  }

  /**
   * Runs every function that has not run. An error doesn't stop the others.
   *
   * @throws the first error, after all have run.
   */
  async all(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.#steps.toReversed()) {
      await step().catch((error: unknown) => {
        errors.push(error);
      });
    }
    if (errors.length > 0) throw errors[0];
  }
}
