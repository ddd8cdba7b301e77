/** Something that isn't as it should be, or that can't be told. */
export interface Finding {
  /** Something that can't be told, as the fault is not in the environment. */
  unseen?: true;
  /** The fault and its place, in one sentence. */
  what: string;
  /** The next step. */
  next: string;
}

/** A check without a result, with the reason. It doesn't count as well. */
export class Unseen extends Error {
  override readonly name = "Unseen";
  readonly code = "UNSEEN";
  readonly next: string;

  constructor(what: string, next: string) {
    super(what);
    this.next = next;
  }
}
