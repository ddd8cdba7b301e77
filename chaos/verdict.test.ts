import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadAnswer } from "./load.ts";
import { answer } from "./testing.ts";
import { type CaseRecord, judge } from "./verdict.ts";

const rowOf = ({ requestId, userId }: LoadAnswer) => ({
  requestId,
  userId,
  outcome: "issued" as const,
  code: `code-${userId}`,
});

/** A case that went well: one request before the fault, one in it, one after it. */
function record(more: Partial<CaseRecord> = {}): CaseRecord {
  const answers = more.answers ?? [answer(50), answer(150), answer(250)];
  const rows = more.rows ?? answers.filter(({ status }) => status === 202).map(rowOf);
  return {
    ...{ answers, rows, proofs: ["process 1 is gone"], stock: { total: 10, remaining: 10 - rows.length } },
    ...{ runningAt: 0, struckAt: 100, healedAt: 200, wellAt: 300, endedAt: 400, drainedMs: 1 },
    ...more,
  };
}

const violationsOf = (one: CaseRecord, of: Parameters<typeof judge>[0] = {}) => judge(of, one).violations;

test("a fault that everyone came through is no violation, and recovery counts from the fault", () => {
  const verdict = judge({}, record());
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

test("a row of a request that nobody was answered is none: the user may have it", () => {
  const unanswered = answer(150, { status: 503, retryAfter: true });
  const answers = [answer(50), unanswered, answer(250)];
  assert.deepEqual(violationsOf(record({ answers, rows: answers.map(rowOf) })), []);
});

test("a connection that ended without an answer is a violation, but where connections are what was struck", () => {
  const one = record({ answers: [answer(50), answer(150, { status: 0, error: "ECONNRESET" }), answer(250)] });
  assert.deepEqual(violationsOf(one), ["1 requests had no answer at all"]);
  assert.deepEqual(violationsOf(one, { cuts: ["reset"] }), []);
  assert.deepEqual(violationsOf(one, { cuts: ["refused"] }), ["1 requests had no answer at all"]);
});

test("an error is explicit, and allowed unless nobody may notice", () => {
  const one = record({ answers: [answer(50), answer(150, { status: 503, retryAfter: true }), answer(250)] });
  assert.deepEqual(violationsOf(one), []);
  assert.deepEqual(violationsOf(one, { only: [] }), ["1 requests failed, and none may"]);
});

test("where some errors may be and others not, the others are counted", () => {
  const turnedAway = answer(120, { status: 503, retryAfter: true });
  const one = record({ answers: [answer(50), turnedAway, answer(150, { status: 502 }), answer(250)] });
  assert.deepEqual(violationsOf(one, { only: ["5xx"] }), ["1 requests failed, and none may but by 5xx"]);
  assert.deepEqual(violationsOf(one, { only: ["5xx", "503 with Retry-After"] }), []);
});

test("a case can't pass without a proof of its fault", () => {
  assert.deepEqual(violationsOf(record({ proofs: [] })), ["nothing shows that the fault was there"]);
});

test("a case can't pass without load before, during and after the fault", () => {
  assert.match(violationsOf(record({ answers: [answer(150), answer(250)] })).join(), /before the fault/);
  assert.match(violationsOf(record({ answers: [answer(50), answer(250)] })).join(), /during the fault/);
  assert.match(violationsOf(record({ answers: [answer(50), answer(150)] })).join(), /after the fault/);
});

test("a few of many violations are told one by one", () => {
  const answers = [answer(50), answer(150), answer(250), ...Array.from({ length: 20 }, (_, n) => answer(300 + n))];
  const violations = violationsOf(record({ answers, rows: answers.slice(0, 3).map(rowOf) }));
  assert.equal(violations.length, 11);
  assert.equal(violations.at(-1), "and 10 more");
});

test("what was queued may be lost where the topic goes with its host, and is counted; what came after may not", () => {
  const answers = [answer(50), answer(150), answer(250)];
  const [first, second, third] = answers.map(rowOf);
  assert.ok(first && second && third);
  const queued = judge({ losesQueue: true }, record({ answers, rows: [second, third] }));
  assert.deepEqual([queued.violations, queued.lost], [[], 1]);
  const later = judge({ losesQueue: true }, record({ answers, rows: [first, second] }));
  assert.match(later.violations.join(), /lost: request of-7000000250/);
});
