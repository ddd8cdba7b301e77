import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf, figuresOf } from "./figures.ts";
import { answer } from "./testing.ts";

test("availability is the share of accepted requests", () => {
  const { asked, accepted, availability } = figuresOf(
    [answer(10), answer(20, { status: 503, retryAfter: true }), answer(30), answer(40)],
    0,
    50,
  );
  assert.deepEqual({ asked, accepted, availability }, { asked: 4, accepted: 3, availability: 0.75 });
});

test("without requests, availability is 0", () => {
  assert.equal(figuresOf([], 0, 100).availability, 0);
});

test("the longest gap lies between accepted requests, whatever other answers came", () => {
  const answers = [answer(100), answer(700, { status: 503 }), answer(1_100), answer(1_200)];
  assert.equal(figuresOf(answers, 0, 1_300).longestGapMs, 1_000);
});

test("gaps at the start and the end of the load count", () => {
  assert.equal(figuresOf([answer(100)], 0, 5_100).longestGapMs, 5_000);
  assert.equal(figuresOf([answer(3_000)], 0, 3_100).longestGapMs, 3_000);
});

test("answers may come in any order", () => {
  assert.equal(figuresOf([answer(300), answer(100), answer(200)], 0, 400).longestGapMs, 100);
});

test("errors are counted by class", () => {
  const { errors } = figuresOf(
    [
      answer(1, { status: 503, retryAfter: true }),
      answer(2, { status: 502 }),
      answer(3, { status: 503 }),
      answer(4, { status: 0, error: "ECONNREFUSED" }),
      answer(5),
    ],
    0,
    10,
  );
  assert.deepEqual(errors, { "503 with Retry-After": 1, "5xx": 2, refused: 1 });
});

test("a failed connection is classified by its error code", () => {
  const failed = (error: string) => errorOf(answer(1, { status: 0, error }));
  assert.equal(failed("ECONNREFUSED"), "refused");
  assert.equal(failed("UND_ERR_SOCKET"), "reset");
  assert.equal(failed("ECONNRESET"), "reset");
  assert.equal(failed("UND_ERR_HEADERS_TIMEOUT"), "timeout");
  assert.equal(failed("EHOSTUNREACH"), "no connection");
});

test("only 202 counts as accepted", () => {
  assert.equal(errorOf(answer(1)), undefined);
  assert.equal(errorOf(answer(1, { status: 200 })), "wrong state");
  assert.equal(errorOf(answer(1, { status: 429 })), "4xx");
});
