import type { ClientAnswer } from "../../../operate/reconciliation.ts";
import { Agent, request } from "undici";

/** Answer to a client. */
export interface CrowdAnswer extends ClientAnswer {
  /** `not_accepted` or `unknown` in an answer with an error. */
  outcome?: string;
}

/** Returns the key of a user who retries. */
export function keyOf(userId: number): string {
  return `key-of-${userId}`;
}

/** A crowd with keep-alive connections. */
export class Crowd implements AsyncDisposable {
  readonly #agent = new Agent({ connections: 50, connect: { timeout: 60_000 } });
  #left = false;
  /** All answers to the crowd. */
  readonly answers: CrowdAnswer[] = [];

  /** Sends one request. */
  async ask(url: string, userId: bigint | number, key?: string): Promise<CrowdAnswer> {
    const answer = await this.#ask(url, userId.toString(), key);
    this.answers.push(answer);
    return answer;
  }

  /** Sends one request for each user, all at once. */
  askAll(url: string, userIds: Iterable<number>): Promise<CrowdAnswer[]> {
    return Promise.all(Array.from(userIds, (userId) => this.ask(url, userId)));
  }

  /** Retries with the same key until the request is accepted, like a real client. */
  async insist(url: string, userId: number): Promise<CrowdAnswer> {
    while (!this.#left) {
      const answer = await this.ask(url, userId, keyOf(userId));
      if (answer.status < 500 && answer.status !== 0) return answer;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error("the crowd has left");
  }

  async #ask(url: string, userId: string, key?: string): Promise<CrowdAnswer> {
    try {
      const response = await request(`${url}/gifticons`, {
        method: "POST",
        dispatcher: this.#agent,
        headers: { "content-type": "application/json", ...(key !== undefined && { "idempotency-key": key }) },
        body: `{"userId": ${userId}}`,
      });
      const text = await response.body.text();
      const { requestId, outcome } = JSON.parse(text) as Partial<CrowdAnswer>;
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
    this.#left = true;
    await this.#agent.close();
  }
}

/** Returns `count` whole numbers from `first` on. */
export function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Load that continues until it is ended. */
export interface Load {
  /** Waits until every client's request is accepted; returns the number of served users. */
  end: () => Promise<number>;
  /** Users served so far. */
  served: () => number;
}

/** Starts clients that each serve one new user after another, in turn at each of the APIs. */
export function startLoad(crowd: Crowd, urls: readonly string[], clients = 10): Load {
  let [going, user, served] = [true, 0, 0];
  const client = async () => {
    while (going) {
      const next = ++user;
      await crowd.insist(urls[next % urls.length] ?? "", next);
      served++;
    }
  };
  const all = Promise.all(range(0, clients).map(client));
  // A failed test leaves its load running; only the test's own failure is reported.
  all.catch(() => undefined);
  return {
    served: () => served,
    end: async () => {
      going = false;
      await all;
      return served;
    },
  };
}
