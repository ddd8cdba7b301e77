import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadAnswer } from "./load.ts";
import { answer } from "./testing.ts";
import { type CaseRecord, judgeCase } from "./verdict.ts";

const rowOf = ({ requestId, userId }: LoadAnswer) => ({
  requestId,
  userId,
  outcome: "issued" as const,
  code: `code-${userId}`,
});

/** Returns the record of a passed case with one request before, during and after the fault. */
function record(more: Partial<CaseRecord> = {}): CaseRecord {
  const answers = more.answers ?? [answer(50), answer(150), answer(250)];
  const rows = more.rows ?? answers.filter(({ status }) => status === 202).map(rowOf);
  return {
    ...{ answers, rows, observations: ["process 1 is gone"], stock: { total: 10, remaining: 10 - rows.length } },
    ...{ runningAt: 0, injectedAt: 100, removedAt: 200, healthyAt: 300, endedAt: 400, drainedMs: 1 },
    ...more,
  };
}

const violationsOf = (one: CaseRecord, of: Parameters<typeof judgeCase>[0] = {}) => judgeCase(of, one).violations;

test("a case without loss passes, and recovery counts from the fault", () => {
  const verdict = judgeCase({}, record());
  assert.deepEqual(verdict.violations, []);
  assert.equal(verdict.recoveryMs, 200);
});

test("an accepted request without a row is lost", () => {
  const answers = [answer(50), answer(150), answer(250)];
  const violations = violationsOf(record({ answers, rows: answers.slice(1).map(rowOf) }));
  assert.match(violations.join(), /lost: request of-7000000050/);
});

test("two gifticons of one user are a violation", () => {
  const answers = [answer(50), answer(150), answer(250)];
  const twice = { ...rowOf(answer(50)), requestId: "another", code: "another" };
  assert.match(
    violationsOf(record({ answers, rows: [...answers.map(rowOf), twice] })).join(),
    /4 gifticons went to 3 users/,
  );
});

test("a row without an answer is no violation", () => {
  const unanswered = answer(150, { status: 503, retryAfter: true });
  const answers = [answer(50), unanswered, answer(250)];
  assert.deepEqual(violationsOf(record({ answers, rows: answers.map(rowOf) })), []);
});

test("a lost connection is a violation unless the case allows it", () => {
  const one = record({ answers: [answer(50), answer(150, { status: 0, error: "ECONNRESET" }), answer(250)] });
  assert.deepEqual(violationsOf(one), ["1 requests had no answer at all"]);
  assert.deepEqual(violationsOf(one, { allowedDisconnects: ["reset"] }), []);
  assert.deepEqual(violationsOf(one, { allowedDisconnects: ["refused"] }), ["1 requests had no answer at all"]);
});

test("an explicit error is allowed unless the case forbids it", () => {
  const one = record({ answers: [answer(50), answer(150, { status: 503, retryAfter: true }), answer(250)] });
  assert.deepEqual(violationsOf(one), []);
  assert.deepEqual(violationsOf(one, { allowedErrors: [] }), ["1 requests failed; allowed errors: none"]);
});

test("errors outside of the allowed ones are counted", () => {
  const turnedAway = answer(120, { status: 503, retryAfter: true });
  const one = record({ answers: [answer(50), turnedAway, answer(150, { status: 502 }), answer(250)] });
  assert.deepEqual(violationsOf(one, { allowedErrors: ["5xx"] }), ["1 requests failed; allowed errors: 5xx"]);
  assert.deepEqual(violationsOf(one, { allowedErrors: ["5xx", "503 with Retry-After"] }), []);
});

test("a case fails when its fault was not observed", () => {
  assert.deepEqual(violationsOf(record({ observations: [] })), ["the fault was not observed"]);
});

test("a case fails without load before, during and after the fault", () => {
  assert.match(violationsOf(record({ answers: [answer(150), answer(250)] })).join(), /before the fault/);
  assert.match(violationsOf(record({ answers: [answer(50), answer(250)] })).join(), /during the fault/);
  assert.match(violationsOf(record({ answers: [answer(50), answer(150)] })).join(), /after the fault/);
});

test("only the first violations are listed one by one", () => {
  const answers = [answer(50), answer(150), answer(250), ...Array.from({ length: 20 }, (_, n) => answer(300 + n))];
  const violations = violationsOf(record({ answers, rows: answers.slice(0, 3).map(rowOf) }));
  assert.equal(violations.length, 11);
  assert.equal(violations.at(-1), "and 10 more");
});

test("a case may allow the loss of queued requests, which are counted, but not of later ones", () => {
  const answers = [answer(50), answer(150), answer(250)];
  const [first, second, third] = answers.map(rowOf);
  assert.ok(first && second && third);
  const queued = judgeCase({ mayLoseQueue: true }, record({ answers, rows: [second, third] }));
  assert.deepEqual([queued.violations, queued.lost], [[], 1]);
  const later = judgeCase({ mayLoseQueue: true }, record({ answers, rows: [first, second] }));
  assert.match(later.violations.join(), /lost: request of-7000000250/);
});
