import assert from "node:assert/strict";
import { test } from "node:test";
import { addLine, emptyLog, missingOf, withoutAbandoned } from "./answers.ts";
import type { ErrorClass } from "../operate/error-class.ts";
import { errorOf } from "./errors.ts";

function logOf(...lines: string[]) {
  const log = emptyLog();
  for (const line of lines) addLine(log, line);
  return log;
}

test("a log has first requests, repeated ones, status reads, and users without a request", () => {
  const log = logOf(
    "start 1000",
    "p 0 1100 3 20 202 0",
    "r 0 1200 0 9 409 1409",
    "g 0 1300 0 4 200 0issued",
    "x 1",
    "end 2000",
  );
  assert.deepEqual(
    log.answers.map(({ kind, status, state }) => [kind, status, state]),
    [
      ["first", 202, undefined],
      ["again", 409, undefined],
      ["status", 200, "issued"],
    ],
  );
  assert.deepEqual([log.startedAt, log.endedAt, missingOf(log)], [1000, 2000, []]);
});

test("an incomplete log is reported: no end, a gap, a truncated line", () => {
  assert.deepEqual(missingOf(logOf("p 0 1100 3 20 202 0")), ["its end is missing"]);
  assert.deepEqual(missingOf(logOf("p 0 1 0 2 202 0", "p 3 1 0 2 202 0", "end 9")), ["2 of 4 users are missing"]);
  assert.deepEqual(missingOf(logOf("p 0 1 0 2 2", "end 9")), ["1 lines can't be read"]);
});

const classes: [line: string, expected: ErrorClass | undefined][] = [
  ["p 0 1 0 2 202 0", undefined],
  ["p 0 1 0 2 201 0", undefined],
  ["r 0 1 0 2 409 1409", undefined],
  ["p 0 1 0 2 410 1410", undefined],
  ["p 0 1 0 2 0 1212", "refused"],
  ["p 0 1 0 2 0 1220", "reset"],
  ["p 0 1 0 5000 0 1050", "timeout"],
  ["p 0 1 0 5000 0 1211", "timeout"],
  ["p 0 1 0 2 0 1101", "no connection"],
  ["p 0 1 0 2 503 1503w", "503 with Retry-After"],
  ["p 0 1 0 2 503 1503", "5xx"],
  ["p 0 1 0 2 400 1400", "4xx"],
  ["p 0 1 0 2 200 0", "wrong state"],
  ["g 0 1 0 2 404 1404", "4xx"],
  ["g 0 1 0 2 200 0queued", undefined],
];
for (const [line, expected] of classes) {
  test(`"${line}" is ${expected ?? "no error"}`, () => {
    const [answer] = logOf(line).answers;
    assert.ok(answer);
    assert.equal(errorOf(answer), expected);
  });
}

test("requests that k6 abandoned at its end don't count; earlier failures and later answers do", () => {
  const log = logOf("p 0 1000 0 900 0 1050", "p 1 1500 0 700 0 1000", "p 2 1500 0 700 201 0");
  assert.deepEqual(
    withoutAbandoned(log, 2_000).answers.map(({ number }) => number),
    [0, 2],
  );
});
