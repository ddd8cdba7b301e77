/** A fault, or a check without a result. */
export interface Finding {
  /** True for a check without a result: its obstacle is outside the environment. */
  unknown?: true;
  /** The fault and its place, in one sentence. */
  what: string;
  /** The next step. */
  next: string;
}

/** Reports a check without a result. Such a check doesn't pass. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
  readonly code = "CHECK_FAILED";
  readonly next: string;

  constructor(what: string, next: string) {
    super(what);
    this.next = next;
  }
}
