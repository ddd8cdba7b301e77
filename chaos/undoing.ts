/** What has to be undone, the last first. */
export class Undoing {
  readonly #steps: (() => Promise<void>)[] = [];

  /** Remembers how something is undone; returns what undoes it now. It is undone once, whoever asks for it. */
  add(how: () => Promise<unknown>): () => Promise<void> {
    let undone: Promise<unknown> | undefined;
    const once = async () => {
      await (undone ??= how());
    };
    this.#steps.push(once);
    return once;
  }

  /**
   * Undoes everything that isn't yet, each whatever becomes of the others.
   *
   * @throws the first error, when all has been tried.
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
