import { Agent, request } from "undici";

/** What a client was told. */
export interface ClientAnswer {
  userId: string;
  /** The HTTP status; 0 when the connection failed. */
  status: number;
  requestId?: string;
  /** `not_accepted` or `unknown`, of an answer that is no success. */
  outcome?: string;
  /** The body, or the error's words. */
  text: string;
}

/** A crowd with keep-alive connections. */
export class Crowd implements AsyncDisposable {
  readonly #agent = new Agent({ connections: 50, connect: { timeout: 5_000 } });
  /** Every answer that anyone got. */
  readonly answers: ClientAnswer[] = [];

  /** Asks once. */
  async ask(url: string, userId: bigint | number, key?: string): Promise<ClientAnswer> {
    const answer = await this.#ask(url, userId.toString(), key);
    this.answers.push(answer);
    return answer;
  }

  /** Asks once for each user, all at once. */
  askAll(url: string, userIds: Iterable<number>): Promise<ClientAnswer[]> {
    return Promise.all(Array.from(userIds, (userId) => this.ask(url, userId)));
  }

  /** Asks again with the same key until it is taken, as a client does that wants its gifticon. */
  async insist(url: string, userId: number): Promise<ClientAnswer> {
    for (;;) {
      const answer = await this.ask(url, userId, `key-of-${userId}`);
      if (answer.status < 500 && answer.status !== 0) return answer;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #ask(url: string, userId: string, key?: string): Promise<ClientAnswer> {
    try {
      const response = await request(`${url}/gifticons`, {
        method: "POST",
        dispatcher: this.#agent,
        headers: { "content-type": "application/json", ...(key !== undefined && { "idempotency-key": key }) },
        body: `{"userId": ${userId}}`,
      });
      const text = await response.body.text();
      const { requestId, outcome } = JSON.parse(text) as Partial<ClientAnswer>;
      return {
        userId,
        status: response.statusCode,
        text,
        ...(requestId !== undefined && { requestId }),
        ...(outcome !== undefined && { outcome }),
      };
    } catch (error) {
      return { userId, status: 0, text: String(error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.close();
  }
}

/** The whole numbers from `first`, so many. */
export function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
