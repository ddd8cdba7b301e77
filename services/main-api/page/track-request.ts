import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { Answer } from "./api.ts";

/** A request for a gifticon that the page tracks from the first attempt to the result. */
export interface TrackedRequest {
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

/** The API's requests, and a timer. */
export interface Dependencies {
  request: (userId: string, key: string) => Promise<Answer<RequestStatus>>;
  status: (requestId: string) => Promise<Answer<RequestStatus>>;
  wait: (seconds: number) => Promise<void>;
}

const TRIES = 20;
const LONGEST_WAIT = 10;
/**
 * Seconds between two status reads of a queued request. Short at first, because most requests wait
 * less than a second.
 */
const FIRST_POLL = 0.3;
const LONGEST_POLL = 2;

/**
 * Sends a request until it is accepted, and follows it to its result, however long that takes.
 * Every attempt has the same key, so all attempts are one request.
 */
export async function trackRequest(
  tracked: TrackedRequest,
  dependencies: Dependencies,
  show: (progress: Progress) => void,
): Promise<void> {
  let status: RequestStatus | undefined;
  if (tracked.requestId === undefined) {
    status = await send(tracked, dependencies, show);
    if (status === undefined) return;
  } else {
    status = { requestId: tracked.requestId, status: "queued" };
  }
  if (status.status === "queued") {
    show({ step: "queued", requestId: status.requestId });
    status = await follow(status.requestId, dependencies);
  }
  if (status.status === "issued") show({ step: "issued", code: status.code });
  else if (status.status === "rejected") show({ step: "rejected", reason: status.reason });
  else show({ step: "gave-up", why: "The event doesn't know this request any more." });
}

async function send(
  { userId, key }: TrackedRequest,
  { request, wait }: Dependencies,
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
async function follow(requestId: string, { status, wait }: Dependencies): Promise<RequestStatus> {
  for (let pause = FIRST_POLL; ; pause = Math.min(pause * 1.5, LONGEST_POLL)) {
    await wait(pause);
    const answer = await status(requestId);
    if (answer.kind === "refused") return { requestId, status: "queued" };
    if (answer.kind === "good" && answer.body.status !== "queued") return answer.body;
    if (answer.kind === "later" && answer.seconds !== undefined) await wait(answer.seconds);
  }
}
