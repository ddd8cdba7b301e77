import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { requestIdOfKey } from "@gifticon/contract/request-id.ts";

/**
 * Model of the load. `closed`: a fixed number of users who request, wait and pause. `open`: a fixed
 * rate, whatever the answers.
 */
export type Model = "closed" | "open";

/** Parameters of k6/users.js. */
export interface Plan {
  /** Address of the load balancer. */
  url: string;
  /** Path that accepts requests. */
  path: string;
  /** Header of the idempotency key. */
  keyHeader: string;
  /** Prefix of this run's keys. */
  run: string;
  /** First user id. Ids count up, one for each new user. */
  firstUser: number;
  model: Model;
  /** Number of concurrent users. Open model: maximum number of requests in flight. */
  users: number;
  seconds: number;
  /** Open model: new users a second. */
  rate: number;
  /** Closed model: time within which the users start, in milliseconds. */
  rampMs: number;
  /** Pause between an answer and the user's next request, in milliseconds. */
  thinkMs: number;
  timeoutMs: number;
  /** Every n-th user repeats the request as a duplicate. 0: nobody. */
  repeatEvery: number;
  /** Every n-th user follows the request to its result. 0: nobody. */
  followEvery: number;
  /** Maximum time that a user follows a request, in milliseconds. */
  followMs: number;
}

/** Size and behaviour of a run's users. */
export interface Crowd {
  model: Model;
  users: number;
  seconds: number;
  rate: number;
}

/** 6,000 users start within 10 s. */
const USERS_A_MILLISECOND = 0.6;

/** Returns the parameters of a run. */
export function planRun({ model, users, seconds, rate }: Crowd, url: string, run: string): Plan {
  return {
    url,
    path: PATHS.gifticons,
    keyHeader: IDEMPOTENCY_KEY,
    run,
    firstUser: LOAD_TEST_USERS.first,
    model,
    users,
    seconds,
    rate,
    rampMs: Math.min(users / USERS_A_MILLISECOND, (seconds * 1_000) / 4),
    thinkMs: 1_500,
    timeoutMs: 5_000,
    repeatEvery: 50,
    followEvery: 100,
    followMs: 10_000,
  };
}

/** Returns a request's id. Like the API, it derives the id from the key, so no body is kept. */
export function requestIdOf(
  { run, firstUser }: Pick<Plan, "run" | "firstUser">,
  number: number,
  again: boolean,
): string {
  return requestIdOfKey(BigInt(firstUser + number), `${run}-${number}${again ? "-again" : ""}`);
}
