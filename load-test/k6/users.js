/* global __ENV, __ITER, console */
// The event's users, for k6. The variable PLAN has the parameters (../plan.ts). Each answer is a
// line of standard output (../answers.ts), which costs less than k6's own outputs.
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
    // Long enough for every started request. An aborted one would have no answer in the log.
    users: { ...scenario, duration: `${plan.seconds}s`, gracefulStop: `${Math.ceil(longest / 1000)}s` },
  },
  discardResponseBodies: true,
  // Tags cost CPU, and nothing reads them.
  systemTags: [],
  summaryTrendStats: ["max"],
  userAgent: "gifticon-load-test",
};

const post = { headers: { "content-type": "application/json" }, timeout: plan.timeoutMs };
const get = { responseType: "text", timeout: plan.timeoutMs };
/** Planned time of this user's next action, in milliseconds since 1970. 0 before the first. */
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
 * Waits until this user's turn. In the closed model users pause between requests. In the open model
 * they arrive at a fixed rate. Returns false when the run ends before.
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

/** Requests a gifticon. Returns the HTTP status, or 0 when the connection failed. */
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

/** Address of the last request's status. */
let location;

/** Reads a request's status until it is decided. */
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

/**
 * Logs a line at level error. k6 logs failed requests as warnings, and only levels can be filtered.
 */
function tell(line) {
  console.error(line);
}
