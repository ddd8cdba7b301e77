import type { Answer, RequestState } from "../operate/gifticons.ts";
import { waitUntil } from "../operate/wait-until.ts";

/** The client's part that a proof needs. */
export interface ProofClient {
  ask: (userId: number, idempotencyKey: string) => Promise<Answer>;
  follow: (requestId: string) => Promise<RequestState>;
}

/** A request that went all the way: how it was answered, and how it ended. */
export interface Proof {
  /** HTTP status of the answer that took the request or decided it. */
  status: number;
  requestId: string;
  end: RequestState;
}

/**
 * Sends one user's request and follows it to its end. Every end is a proof: a rejection comes from
 * the database as a gifticon does, and an event that is sold out is well.
 *
 * @param timeoutMs how long the load balancer may take to count its first health checks.
 * @throws Error with the last answer when none came that takes or decides the request.
 */
export async function prove(client: ProofClient, userId: number, timeoutMs?: number): Promise<Proof> {
  let last = "nothing answered";
  const answer = await waitUntil(
    "an answer that takes the request",
    async () => {
      // The key makes the retries one request.
      const answer = await client.ask(userId, `proof-${userId}`);
      last = `${answer.status} ${answer.text}`;
      return isTaken(answer) ? answer : undefined;
    },
    timeoutMs === undefined ? {} : { timeoutMs },
  ).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; the last answer: ${last}`);
  });
  const requestId = answer.requestId ?? "";
  return { status: answer.status, requestId, end: await client.follow(requestId) };
}

/** Mode direct decides within the request: 409 and 410 are its rejections. */
function isTaken({ status, requestId }: Answer): boolean {
  return (status >= 200 && status < 300) || ([409, 410].includes(status) && requestId !== undefined);
}

/** Says how the request ended, for a person. */
export function wordsOf({ code, reason, status }: RequestState): string {
  if (status === "issued") return `issued as ${code ?? "?"}`;
  if (reason === "sold_out") return "rejected, because the event is sold out";
  return reason === "duplicate" ? "rejected, because this user has a gifticon" : `${status} (${reason ?? "no reason"})`;
}
