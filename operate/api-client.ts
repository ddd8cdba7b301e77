import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import { Agent, request } from "undici";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";

/** The answer to a user's request. */
export interface Answer {
  userId: number;
  /** The HTTP status; 0 when the connection failed. */
  status: number;
  requestId?: string;
  /** The body of the answer, or the error's message. */
  text: string;
}

/** The state of a request, as `GET /gifticons/{requestId}` returns it. */
export interface RequestState {
  status: "queued" | "issued" | "rejected";
  code?: string;
  reason?: string;
}

/** A client of main-api with its own keep-alive connections. The caller closes it. */
export class ApiClient {
  readonly #apiUrl: string;
  readonly #agent: Agent;

  /**
   * @param apiUrl the program's output `apiUrl`.
   * @param connections the number of concurrent requests.
   */
  constructor(apiUrl: string, connections = 20) {
    this.#apiUrl = apiUrl;
    this.#agent = new Agent({ connections, connect: { timeout: 30_000 }, headersTimeout: 60_000 });
  }

  /** Requests one gifticon. Any status, and also a failed connection, is a result. */
  async ask(userId: number, idempotencyKey?: string): Promise<Answer> {
    try {
      const response = await request(`${this.#apiUrl}${PATHS.gifticons}`, {
        method: "POST",
        dispatcher: this.#agent,
        headers: {
          "content-type": "application/json",
          ...(idempotencyKey === undefined ? {} : { [IDEMPOTENCY_KEY]: idempotencyKey }),
        },
        body: JSON.stringify({ userId }),
      });
      const text = await response.body.text();
      const requestId = requestIdOf(text);
      return { userId, status: response.statusCode, text, ...(requestId === undefined ? {} : { requestId }) };
    } catch (error) {
      return { userId, status: 0, text: String(error) };
    }
  }

  /** Requests a gifticon for each user, `connections` at a time. */
  async askAll(userIds: readonly number[]): Promise<Answer[]> {
    return Promise.all(userIds.map((userId) => this.ask(userId)));
  }

  async state(requestId: string): Promise<RequestState> {
    const response = await request(`${this.#apiUrl}${PATHS.gifticons}/${requestId}`, { dispatcher: this.#agent });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`status of ${requestId}: ${response.statusCode} ${text}`);
    return JSON.parse(text) as RequestState;
  }

  /** Polls a request until it is issued or rejected. */
  async follow(requestId: string): Promise<RequestState> {
    return waitUntil(`request ${requestId} to be decided`, async () => {
      const state = await this.state(requestId);
      return state.status === "queued" ? undefined : state;
    });
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

/** The load balancer's own answers are pages, not JSON. */
function requestIdOf(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  return (JSON.parse(text) as { requestId?: string }).requestId;
}
