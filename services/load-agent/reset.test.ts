import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./reset.ts";

/** Returns a function that gives these answers in turn, and then repeats the last one. */
function answers(...all: (number | Error)[]) {
  const left = [...all];
  return {
    lag: () => {
      const next = left.length > 1 ? left.shift() : left[0];
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? 0);
    },
  };
}

test("the event is settled when no record waits, even if the broker could not be reached at first", async () => {
  await settled(answers(new Error("Connection timeout"), 3, 0));
});

test("the error at the time limit has the number of waiting records", async () => {
  await assert.rejects(
    settled(answers(7), 0),
    /^Error: 7 records still wait in the topic after 0 s: check that the issuer runs$/,
  );
});

test("the error at the time limit has the broker's error when it could not be reached", async () => {
  await assert.rejects(settled(answers(new Error("Connection timeout")), 0), {
    message: "the topic can't be looked at: Connection timeout",
  });
});
