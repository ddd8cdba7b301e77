import { setTimeout as delay } from "node:timers/promises";
import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import { requestIdOfKey } from "@gifticon/contract/request-id.ts";
import { Agent, request } from "undici";

/** What one request of the crowd was answered. */
export interface LoadAnswer {
  /** Decimal. */
  userId: string;
  /** Derived from the user's key as the API derives it: known even of a request that was never answered. */
  requestId: string;
  /** When it was sent and when its answer was there, in milliseconds since 1970. */
  sentAt: number;
  endedAt: number;
  /** The HTTP status; 0 when there was no answer. */
  status: number;
  /** The answer said when to come again. */
  retryAfter: boolean;
  /** The code of a failed connection. */
  error?: string;
}

/** A crowd. */
export interface LoadOptions {
  /** The load balancer. */
  apiUrl: string;
  /** Users at once. */
  users: number;
  /** The user ids count up from here. */
  firstUser: number;
}

/** Between a promise and the next user's request, in milliseconds. */
const THINK_MS = 200;
/** Above the load balancer's own bound of 60 s: whoever waits for less would give up on an answer that comes. */
const TIMEOUT_MS = 65_000;
/** How long a user waits who was told nothing else, in milliseconds. */
const AGAIN_MS = 500;

/**
 * Users who ask for a gifticon, one after the other in each of so many places, until they are told to end. Who is turned away asks again with the
 * same key, as someone does who wants a gifticon.
 */
export class Load {
  readonly #options: LoadOptions;
  readonly #agent: Agent;
  readonly #run = crypto.randomUUID().slice(0, 8);
  readonly #ended = new AbortController();
  readonly #crowds: Promise<unknown>[] = [];
  #nextUser: number;
  #end: Promise<void> | undefined;
  #underWay = 0;
  #accepted = 0;
  /** Every answer, in the order in which they came. */
  readonly answers: LoadAnswer[] = [];
  readonly startedAt = Date.now();

  /** Starts at once. */
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

  /** Lets so many users more ask, who don't think; returns what sends them away again, when each has its answer. */
  crowd(users: number): () => Promise<void> {
    const left = new AbortController();
    const crowd = this.#join(users, 0, AbortSignal.any([this.#ended.signal, left.signal]));
    return async () => {
      left.abort();
      await crowd;
    };
  }

  /** Requests that were answered with a promise so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Requests that wait for their answer now. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Lets everyone have the answer that they wait for, and ends; a second call waits for the same end. */
  end(): Promise<void> {
    this.#ended.abort();
    this.#end ??= Promise.all(this.#crowds).then(() => this.#agent.close());
    return this.#end;
  }

  #join(users: number, thinkMs: number, ended: AbortSignal): Promise<unknown> {
    const crowd = Promise.all(Array.from({ length: users }, () => this.#place(thinkMs, ended)));
    this.#crowds.push(crowd);
    return crowd;
  }

  async #place(thinkMs: number, ended: AbortSignal): Promise<void> {
    const goesOn = () => !ended.aborted;
    while (goesOn()) {
      const userId = String(this.#nextUser++);
      for (;;) {
        const answer = await this.#ask(userId);
        this.answers.push(answer);
        if (answer.status === 202) {
          this.#accepted++;
          break;
        }
        await pause(answer.retryAfter ? 1_000 : AGAIN_MS, ended);
        if (!goesOn()) return;
      }
      await pause(thinkMs, ended);
    }
  }

  async #ask(userId: string): Promise<LoadAnswer> {
    const key = `${this.#run}-${userId}`;
    const sentAt = Date.now();
    const known = { userId, requestId: requestIdOfKey(BigInt(userId), key), sentAt };
    this.#underWay++;
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
      this.#underWay--;
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
