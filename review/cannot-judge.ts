/** The change can't be judged: why, and what to do about it. The command then ends with 2. */
export class CannotJudge extends Error {
  readonly code = "CANNOT_JUDGE";
  /** Lines that follow the message: a compiler's or an engine's own words, or what to do next. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = "CannotJudge";
    this.details = details;
  }
}
