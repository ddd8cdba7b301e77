import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { Answer } from "./api.ts";

/** A request for a gifticon, from the first attempt to its result. */
export interface Wish {
  /** User id, as digits. */
  userId: string;
  /** Idempotency key, the same for every attempt. */
  key: string;
  /** Request id, known after the first answer. */
  requestId?: string;
}

/** State of a request. */
export type Progress =
  | { step: "asking" }
  /** Not accepted yet; the next attempt follows in this many seconds. */
  | { step: "waiting"; seconds: number; why: string }
  | { step: "queued"; requestId: string }
  | { step: "issued"; code: string }
  | { step: "rejected"; reason: "duplicate" | "sold_out" }
  | { step: "refused"; why: string }
  | { step: "gave-up"; why: string };

/** The API and the clock. */
export interface Surroundings {
  request: (userId: string, key: string) => Promise<Answer<RequestStatus>>;
  status: (requestId: string) => Promise<Answer<RequestStatus>>;
  wait: (seconds: number) => Promise<void>;
}

const TRIES = 20;
const LONGEST_WAIT = 10;
/**
 * Seconds between two status reads of a queued request. Short at first, as most wait less than a
 * second.
 */
const FIRST_LOOK = 0.3;
const LONGEST_LOOK = 2;

/**
 * Sends a request until it is accepted, and follows it to its result, however long it waits. Every
 * attempt has the same key, so all attempts are one request.
 */
export async function pursue(wish: Wish, around: Surroundings, show: (progress: Progress) => void): Promise<void> {
  let status: RequestStatus | undefined;
  if (wish.requestId === undefined) {
    status = await send(wish, around, show);
    if (status === undefined) return;
  } else {
    status = { requestId: wish.requestId, status: "queued" };
  }
  if (status.status === "queued") {
    show({ step: "queued", requestId: status.requestId });
    status = await follow(status.requestId, around);
  }
  if (status.status === "issued") show({ step: "issued", code: status.code });
  else if (status.status === "rejected") show({ step: "rejected", reason: status.reason });
  else show({ step: "gave-up", why: "The event doesn't know this request any more." });
}

async function send(
  { userId, key }: Wish,
  { request, wait }: Surroundings,
  show: (progress: Progress) => void,
): Promise<RequestStatus | undefined> {
  for (let tries = 1; ; tries++) {
    show({ step: "asking" });
    const answer = await request(userId, key);
    if (answer.kind === "good") return answer.body;
    if (answer.kind === "refused") {
      show({ step: "refused", why: answer.why });
      return undefined;
    }
    if (tries === TRIES) {
      show({ step: "gave-up", why: answer.why });
      return undefined;
    }
    const seconds = answer.seconds ?? Math.min(2 ** (tries - 1), LONGEST_WAIT);
    show({ step: "waiting", seconds, why: answer.why });
    await wait(seconds);
  }
}

/** Reads the status until it is decided. Returns `queued` only when the API refuses to answer. */
async function follow(requestId: string, { status, wait }: Surroundings): Promise<RequestStatus> {
  for (let pause = FIRST_LOOK; ; pause = Math.min(pause * 1.5, LONGEST_LOOK)) {
    await wait(pause);
    const answer = await status(requestId);
    if (answer.kind === "refused") return { requestId, status: "queued" };
    if (answer.kind === "good" && answer.body.status !== "queued") return answer.body;
    if (answer.kind === "later" && answer.seconds !== undefined) await wait(answer.seconds);
  }
}
