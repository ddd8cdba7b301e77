import type { Answer, RequestState } from "../operate/api-client.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";

/** The methods of the client that a proof needs. */
export interface ProofClient {
  ask: (userId: number, idempotencyKey: string) => Promise<Answer>;
  follow: (requestId: string) => Promise<RequestState>;
}

/** A request that was answered and decided. */
export interface Proof {
  /** HTTP status of the answer that accepted or decided the request. */
  status: number;
  requestId: string;
  end: RequestState;
}

/**
 * Sends one user's request and follows it to its end. Every end is a proof: a rejection comes from
 * the database like a gifticon, and an event that is sold out works.
 *
 * @param timeoutMs Milliseconds that the load balancer may take to count its first health checks.
 * @throws Error with the last answer if none accepts or decides the request.
 */
export async function prove(client: ProofClient, userId: number, timeoutMs?: number): Promise<Proof> {
  let last = "nothing answered";
  const answer = await waitUntil(
    "an answer that accepts the request",
    async () => {
      // With the same key, all retries are one request.
      const answer = await client.ask(userId, `proof-${userId}`);
      last = `${answer.status} ${answer.text}`;
      return isAccepted(answer) ? answer : undefined;
    },
    timeoutMs === undefined ? {} : { timeoutMs },
  ).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; the last answer: ${last}`);
  });
  const requestId = answer.requestId ?? "";
  return { status: answer.status, requestId, end: await client.follow(requestId) };
}

/** Returns true if the request was accepted or decided. Mode direct rejects it with 409 or 410. */
function isAccepted({ status, requestId }: Answer): boolean {
  return (status >= 200 && status < 300) || ([409, 410].includes(status) && requestId !== undefined);
}

/** Describes the end of a request. */
export function describeEnd({ code, reason, status }: RequestState): string {
  if (status === "issued") return `issued as ${code ?? "?"}`;
  if (reason === "sold_out") return "rejected, because the event is sold out";
  return reason === "duplicate" ? "rejected, because this user has a gifticon" : `${status} (${reason ?? "no reason"})`;
}
