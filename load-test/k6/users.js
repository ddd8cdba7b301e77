/* global __ENV, __ITER, console */
// The users of the event, for k6. The plan comes in the variable PLAN (see ../plan.ts); every answer goes to standard output as one
// line (see ../answers.ts), which is cheaper than any of k6's own outputs.
import exec from "k6/execution";
import http from "k6/http";
import { sleep } from "k6";

const plan = JSON.parse(__ENV.PLAN);
const scenario =
  plan.model === "open"
    ? {
        executor: "constant-arrival-rate",
        rate: plan.rate,
        timeUnit: "1s",
        preAllocatedVUs: plan.users,
        maxVUs: plan.users,
      }
    : { executor: "constant-vus", vus: plan.users };

const longest = plan.rampMs + plan.thinkMs + 3 * plan.timeoutMs + plan.followMs + 5000;

export const options = {
  scenarios: {
    // Long enough for whoever has begun: a user who is cut off would be a request without an answer in the log.
    users: { ...scenario, duration: `${plan.seconds}s`, gracefulStop: `${Math.ceil(longest / 1000)}s` },
  },
  discardResponseBodies: true,
  // Each tag of each sample costs, and none is read.
  systemTags: [],
  summaryTrendStats: ["max"],
  userAgent: "gifticon-load-test",
};

const post = { headers: { "content-type": "application/json" }, timeout: plan.timeoutMs };
const get = { responseType: "text", timeout: plan.timeoutMs };
/** When this user means to act next, in milliseconds since 1970; 0 before the first time. */
let planned = 0;

export function setup() {
  tell(`start ${Date.now()}`);
}

export default function () {
  const number = exec.scenario.iterationInTest;
  if (!wait(number)) {
    tell(`x ${number}`);
    return;
  }
  const status = ask("p", number, `${plan.run}-${number}`);
  if (status === 202 && plan.followEvery > 0 && number % plan.followEvery === 1) follow(number);
  if (plan.repeatEvery > 0 && number % plan.repeatEvery === 2) ask("r", number, `${plan.run}-${number}-again`);
  planned = Date.now() + plan.thinkMs;
}

/**
 * Until this user's turn: a closed model's users think between two requests, an open model's come by the clock.
 * False when the run is over by then.
 */
function wait(number) {
  if (plan.model === "open") {
    planned = exec.scenario.startTime + (number * 1000) / plan.rate;
    return true;
  }
  if (__ITER === 0) planned = Date.now() + Math.random() * plan.rampMs;
  const left = planned - Date.now();
  if (left > 0) sleep(left / 1000);
  return Date.now() < exec.scenario.startTime + plan.seconds * 1000;
}

/** Asks for a gifticon; returns the status, 0 when the connection failed. */
function ask(kind, number, key) {
  post.headers[plan.keyHeader] = key;
  const at = Date.now();
  const answer = http.post(`${plan.url}${plan.path}`, `{"userId":${plan.firstUser + number}}`, post);
  const retry = answer.status === 503 && answer.headers["Retry-After"] !== undefined ? "w" : "";
  tell(
    `${kind} ${number} ${at} ${Math.max(0, Math.round(at - planned))} ${Date.now() - at} ${answer.status} ${answer.error_code}${retry}`,
  );
  planned = Date.now();
  // A connection that failed has no headers.
  location = answer.status === 202 ? answer.headers["Location"] : undefined;
  return answer.status;
}

/** Where the last request's status is. */
let location;

/** Looks after a request until it is decided. */
function follow(number) {
  const until = Date.now() + plan.followMs;
  for (;;) {
    const at = Date.now();
    const answer = http.get(`${plan.url}${location}`, get);
    const state = answer.status === 200 ? answer.json("status") : "";
    tell(`g ${number} ${at} 0 ${Date.now() - at} ${answer.status} ${answer.error_code}${state}`);
    if ((answer.status === 200 && state !== "queued") || Date.now() > until) return;
    sleep(0.5);
  }
}

export function teardown() {
  tell(`end ${Date.now()}`);
}

/** As an error, because k6 warns of each failed request by itself, and only levels can be told apart. */
function tell(line) {
  console.error(line);
}
