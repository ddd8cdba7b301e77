/** Something that isn't as it should be, or that can't be told. */
export interface Finding {
  /** Something that can't be told, as the fault is not in the environment. */
  unseen?: true;
  /** What is wrong, and where, in one sentence. */
  what: string;
  /** What to do about it. */
  next: string;
}

/** What can't be told, and why; not the same as being well. */
export class Unseen extends Error {
  override readonly name = "Unseen";
  readonly code = "UNSEEN";
  readonly next: string;

  constructor(what: string, next: string) {
    super(what);
    this.next = next;
  }
}
