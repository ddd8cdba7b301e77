import { IDEMPOTENCY_KEY, PATHS } from "@gifticon/contract/facts/http.ts";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { requestIdOfKey } from "@gifticon/contract/request-id.ts";

/** How the users come: `closed` is a fixed crowd whose members ask, wait for the answer and think; `open` comes by the clock, whatever the answers. */
export type Model = "closed" | "open";

/** What k6/users.js is told. */
export interface Plan {
  /** The load balancer. */
  url: string;
  /** Where a gifticon is asked for there. */
  path: string;
  /** The header with a request's key. */
  keyHeader: string;
  /** Tells the keys of this run from those of others. */
  run: string;
  /** User ids count up from here, one for each new user. */
  firstUser: number;
  model: Model;
  /** Users at once; in the open model the most that may wait for an answer at once. */
  users: number;
  seconds: number;
  /** New users a second, in the open model. */
  rate: number;
  /** Within this time the users of the closed model come, in milliseconds: not all in one instant. */
  rampMs: number;
  /** Between an answer and the user's next request, in milliseconds. */
  thinkMs: number;
  timeoutMs: number;
  /** Every so many-th user asks a second time, as a duplicate; 0 is nobody. */
  repeatEvery: number;
  /** Every so many-th user follows the request to its end; 0 is nobody. */
  followEvery: number;
  /** How long a user follows at most, in milliseconds. */
  followMs: number;
}

/** The crowd of a run. */
export interface Crowd {
  model: Model;
  users: number;
  seconds: number;
  rate: number;
}

/** 6,000 users come within 10 s. */
const USERS_A_MILLISECOND = 0.6;

/** Plans a run. */
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

/** The request id of a user's first or repeated request: derived as the API derives it from the user's key, so no answer's body need be kept. */
export function requestIdOf(
  { run, firstUser }: Pick<Plan, "run" | "firstUser">,
  number: number,
  again: boolean,
): string {
  return requestIdOfKey(BigInt(firstUser + number), `${run}-${number}${again ? "-again" : ""}`);
}
