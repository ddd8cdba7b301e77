import { setTimeout as delay } from "node:timers/promises";
import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import { requestIdOfKey } from "@gifticon/contract/request-id.ts";
import { Agent, request } from "undici";

/** Answer to one request of the load. */
export interface LoadAnswer {
  /** User id, in decimal. */
  userId: string;
  /** Derived from the idempotency key, as the API derives it. Known without an answer. */
  requestId: string;
  /** Times of sending and of the answer, in milliseconds since 1970. */
  sentAt: number;
  endedAt: number;
  /** HTTP status, or 0 without an answer. */
  status: number;
  /** The answer had a Retry-After header. */
  retryAfter: boolean;
  /** Code of the connection's error. */
  error?: string;
}

/** Options of a load. */
export interface LoadOptions {
  /** Address of the load balancer. */
  apiUrl: string;
  /** Number of concurrent users. */
  users: number;
  /** First user id; the ids count up. */
  firstUser: number;
}

/** Time between an accepted request and the next user's request, in milliseconds. */
const THINK_MS = 200;
/** Longer than the load balancer's time limit of 60 s, so that every answer arrives. */
const TIMEOUT_MS = 65_000;
/** Time before a retry without Retry-After, in milliseconds. */
const RETRY_MS = 500;

/**
 * A load of concurrent users who each request a gifticon. After a user's request is accepted, a new
 * user follows. A user who gets an error retries with the same idempotency key.
 */
export class Load {
  readonly #options: LoadOptions;
  readonly #agent: Agent;
  readonly #run = crypto.randomUUID().slice(0, 8);
  readonly #ended = new AbortController();
  readonly #crowds: Promise<unknown>[] = [];
  #nextUser: number;
  #end: Promise<void> | undefined;
  #inFlight = 0;
  #accepted = 0;
  /** Every answer, in order of arrival. */
  readonly answers: LoadAnswer[] = [];
  readonly startedAt = Date.now();

  /** Creates the load and starts it. */
  constructor(options: LoadOptions) {
    this.#options = options;
    this.#nextUser = options.firstUser;
    this.#agent = new Agent({
      connect: { timeout: 5_000 },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    void this.#join(options.users, THINK_MS, this.#ended.signal);
  }

  /**
   * Adds users who don't pause. Returns a function that removes them and waits for their answers.
   */
  addUsers(users: number): () => Promise<void> {
    const left = new AbortController();
    const crowd = this.#join(users, 0, AbortSignal.any([this.#ended.signal, left.signal]));
    return async () => {
      left.abort();
      await crowd;
    };
  }

  /** Number of accepted requests so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Number of requests without an answer yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Stops sending and waits until all answers have arrived. It may be called again. */
  end(): Promise<void> {
    this.#ended.abort();
    this.#end ??= Promise.all(this.#crowds).then(() => this.#agent.close());
    return this.#end;
  }

  #join(users: number, thinkMs: number, ended: AbortSignal): Promise<unknown> {
    const crowd = Promise.all(Array.from({ length: users }, () => this.#sendUsers(thinkMs, ended)));
    this.#crowds.push(crowd);
    return crowd;
  }

  async #sendUsers(thinkMs: number, ended: AbortSignal): Promise<void> {
    const isActive = () => !ended.aborted;
    while (isActive()) {
      const userId = String(this.#nextUser++);
      for (;;) {
        const answer = await this.#send(userId);
        this.answers.push(answer);
        if (answer.status === 202) {
          this.#accepted++;
          break;
        }
        await pause(answer.retryAfter ? 1_000 : RETRY_MS, ended);
        if (!isActive()) return;
      }
      await pause(thinkMs, ended);
    }
  }

  async #send(userId: string): Promise<LoadAnswer> {
    const key = `${this.#run}-${userId}`;
    const sentAt = Date.now();
    const known = { userId, requestId: requestIdOfKey(BigInt(userId), key), sentAt };
    this.#inFlight++;
    try {
      const { statusCode, headers, body } = await request(`${this.#options.apiUrl}${PATHS.gifticons}`, {
        method: "POST",
        dispatcher: this.#agent,
        headers: { "content-type": "application/json", [IDEMPOTENCY_KEY]: key },
        body: `{"userId": ${userId}}`,
      });
      await body.dump();
      const retryAfter = headers["retry-after"] !== undefined;
      return { ...known, endedAt: Date.now(), status: statusCode, retryAfter };
    } catch (error) {
      return { ...known, endedAt: Date.now(), status: 0, retryAfter: false, error: codeOf(error) };
    } finally {
      this.#inFlight--;
    }
  }
}

async function pause(ms: number, ended: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: ended }).catch(() => undefined);
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
