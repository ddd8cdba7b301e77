/** The change can't be reviewed. The message says why. The command then ends with 2. */
export class ReviewError extends Error {
  readonly code = "REVIEW_FAILED";
  /** Lines after the message: the output of a compiler or the engine, or the next step. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = "ReviewError";
    this.details = details;
  }
}
