import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { ErrorBody } from "../answers.ts";
import type { Stats } from "../stats.ts";

/** An answer of the API, or its absence. */
export type Answer<T> =
  | { kind: "good"; body: T }
  /** A retry may succeed after this many seconds; undefined when the answer gave no time. */
  | { kind: "later"; seconds?: number; why: string }
  /** A retry can't succeed. */
  | { kind: "refused"; why: string };

/** Time limit of each call. */
const TIMEOUT_MS = 10_000;
/** Statuses of answers with a result. */
const GOOD = [200, 201, 202, 409, 410];

/** Reads the event's figures. */
export function readStats(): Promise<Answer<Stats>> {
  return call(PATHS.stats);
}

/** Requests a gifticon. A retry with the same user and key is the same request. */
export function requestGifticon(userId: string, key: string): Promise<Answer<RequestStatus>> {
  return call(PATHS.gifticons, {
    method: "POST",
    headers: { "content-type": "application/json", [IDEMPOTENCY_KEY]: key },
    // Sent as digits: a JavaScript number would round long ids.
    body: `{"userId":${userId}}`,
  });
}

/** Reads the status of a request. */
export function readStatus(requestId: string): Promise<Answer<RequestStatus>> {
  return call(`${PATHS.gifticons}/${requestId}`);
}

async function call<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, { ...init, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    body = await response.json();
  } catch {
    // No connection, no answer in time, or an HTML page of the load balancer instead of the API's
    // JSON.
    return { kind: "later", why: "The event can't be reached." };
  }
  if (GOOD.includes(response.status)) return { kind: "good", body: body as T };
  const { message } = body as ErrorBody;
  if (response.status < 500) return { kind: "refused", why: message };
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  return { kind: "later", why: sentence(message), ...(seconds > 0 && { seconds }) };
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
