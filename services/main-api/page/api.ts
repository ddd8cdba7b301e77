import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { ErrorBody } from "../answers.ts";
import type { Stats } from "../stats.ts";

/** An answer of the API, or none. */
export type Answer<T> =
  | { kind: "good"; body: T }
  /** It can't now: worth asking again after so many seconds; undefined when there was no answer that says so. */
  | { kind: "later"; seconds?: number; why: string }
  /** Asking again the same is of no use. */
  | { kind: "refused"; why: string };

const TIMEOUT_MS = 10_000;
/** Of `POST /gifticons`, and of reading. */
const GOOD = [200, 201, 202, 409, 410];

/** Where the event stands. */
export function readStats(): Promise<Answer<Stats>> {
  return call(PATHS.stats);
}

/** Requests a gifticon. The same user and key are the same request, however often it is sent. */
export function requestGifticon(userId: string, key: string): Promise<Answer<RequestStatus>> {
  return call(PATHS.gifticons, {
    method: "POST",
    headers: { "content-type": "application/json", [IDEMPOTENCY_KEY]: key },
    // Digits as they are: a number of JavaScript would round the long ones.
    body: `{"userId":${userId}}`,
  });
}

/** What became of a request. */
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
    // No connection, no answer in time, or not the API's: the load balancer answers for itself with a page.
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
