/** Outcome of a request: the values of the database's type `gifticon_outcome`. */
export type Outcome = "issued" | "duplicate" | "sold_out";

/** Status of a request for its client. `queued` means that no outcome is recorded (yet). */
export type RequestStatus =
  | { requestId: string; status: "queued" }
  | { requestId: string; status: "issued"; code: string }
  | { requestId: string; status: "rejected"; reason: "duplicate" | "sold_out" };
