import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { Answer } from "./api.ts";

/** One request for a gifticon, from the first try to its end. */
export interface Wish {
  /** Digits. */
  userId: string;
  /** Makes every try the same request. */
  key: string;
  /** Known from the first answer on. */
  requestId?: string;
}

/** How far a wish has come. */
export type Progress =
  | { step: "asking" }
  /** Not taken yet; it is sent again in so many seconds. */
  | { step: "waiting"; seconds: number; why: string }
  | { step: "queued"; requestId: string }
  | { step: "issued"; code: string }
  | { step: "rejected"; reason: "duplicate" | "sold_out" }
  | { step: "refused"; why: string }
  | { step: "gave-up"; why: string };

/** The API, and time. */
export interface Surroundings {
  request: (userId: string, key: string) => Promise<Answer<RequestStatus>>;
  status: (requestId: string) => Promise<Answer<RequestStatus>>;
  wait: (seconds: number) => Promise<void>;
}

const TRIES = 20;
const LONGEST_WAIT = 10;
/** Between two looks at a queued request: soon at first, as most wait for less than a second. */
const FIRST_LOOK = 0.3;
const LONGEST_LOOK = 2;

/**
 * Sends a wish until it is taken, and follows it to its end. What is sent again has the same key, so it is one request
 * however many tries it takes. A wish that was taken is followed for as long as it waits.
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

/** Looks until it is decided; returns `queued` only when the API refuses to say. */
async function follow(requestId: string, { status, wait }: Surroundings): Promise<RequestStatus> {
  for (let pause = FIRST_LOOK; ; pause = Math.min(pause * 1.5, LONGEST_LOOK)) {
    await wait(pause);
    const answer = await status(requestId);
    if (answer.kind === "refused") return { requestId, status: "queued" };
    if (answer.kind === "good" && answer.body.status !== "queued") return answer.body;
    if (answer.kind === "later" && answer.seconds !== undefined) await wait(answer.seconds);
  }
}
