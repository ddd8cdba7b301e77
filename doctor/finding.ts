import type { Advice } from "./advice.ts";

/** Kind of a fault that explains others, or that others explain. */
export type FaultKind =
  "broker's host" | "broker's service" | "broker" | "topic" | "broker's tasks" | "event's tasks" | "queue" | "entrance";

/** A fault, a note, or a check without a result. */
export interface Finding {
  /** True for a check without a result: its obstacle is outside the environment. */
  unknown?: true;
  /** True for what a person should know and what is no fault. It leaves the exit code at 0. */
  note?: true;
  /** Kind of a fault that explains others, or that others explain. */
  kind?: FaultKind | undefined;
  /** The finding and its place, in one sentence. */
  what: string;
  /** The next step. */
  next: Advice;
}

/** Reports a check without a result. Such a check doesn't pass. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
  readonly code = "CHECK_FAILED";
  readonly next: Advice;

  constructor(what: string, next: Advice) {
    super(what);
    this.next = next;
  }
}
